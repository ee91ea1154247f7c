// What the benchmarks talk to: a plain server in a process of its own, so that its work is not counted.
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

const JSON_BODY = Buffer.from(JSON.stringify({ id: 7, name: 'Ada', tags: ['a', 'b'], text: 'x'.repeat(220) }))
const BODIES = {
  '/json': JSON_BODY,
  '/set': JSON_BODY,
  '/same': JSON_BODY,
  '/100k': Buffer.alloc(100_000, 'x'),
  '/10m': Buffer.alloc(10_000_000, 'x'),
}
let count = 0

function answer(request, response) {
  const path = request.url.split('?', 1)[0]
  const body = BODIES[path] ?? JSON_BODY
  const headers = {
    'Content-Type': path.endsWith('k') || path.endsWith('m') ? 'text/plain' : 'application/json',
    'Content-Length': body.length,
  }
  if (path === '/set') headers['Set-Cookie'] = `sid=${(count += 1)}; Path=/; HttpOnly`
  if (path === '/same') headers['Set-Cookie'] = 'sid=same; Path=/; HttpOnly'
  request.resume()
  request.on('end', () => {
    response.writeHead(200, headers)
    response.end(body)
  })
}

process.on('message', ({ tls }) => {
  const server = tls ? createTlsServer(tls, answer) : createServer(answer)
  server.keepAliveTimeout = 300_000 // a client’s connections outlast the other clients’ turns
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
})
process.on('disconnect', () => process.exit())
