// The site that serves the page and its requests, in a separate process, so that its CPU time is not counted.
import { createServer } from 'node:http'

const JSON_BODY = JSON.stringify({ id: 7, name: 'Ada', tags: ['a', 'b'], text: 'x'.repeat(220) })
const HTML =
  '<!doctype html><title>Benchmark</title><link rel=icon href=data:,><script type=module src=/page.js></script>'

/** A page of these has a clock of 5 µs; that of others ticks every 100. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

process.on('message', ({ script }) => {
  const pages = { '/': ['text/html', HTML], '/page.js': ['text/javascript', script] }
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const path = request.url.split('?', 1)[0]
    const [type, body] = pages[path] ?? ['application/json', JSON_BODY]
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store', ...ISOLATED }).end(body)
  })
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
})
process.on('disconnect', () => process.exit())
