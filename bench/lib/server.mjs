// What the benchmarks talk to: a process of its own that does as little as a server can, so that even on two cores it
// is the clients that are measured. It answers what they ask here, one request at a time, and knows nothing else.
import { createSecureServer } from 'node:http2'
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

const JSON_BODY = JSON.stringify({ id: 7, name: 'Ada', tags: ['a', 'b'], text: 'x'.repeat(220) })
const ANSWERS = {
  '/json': answer('application/json', JSON_BODY),
  '/same': answer('application/json', JSON_BODY, 'Set-Cookie: sid=same; Path=/; HttpOnly\r\n'),
  '/100k': answer('text/plain', 'x'.repeat(100_000)),
  '/10m': answer('text/plain', 'x'.repeat(10_000_000)),
}
let count = 0

function answer(type, body, fields = '') {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${fields}Content-Length: ${body.length}\r\n`
  const rest = 'Date: Tue, 24 Nov 2026 12:00:00 GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=300\r\n'
  return Buffer.from(`${head}${rest}\r\n${body}`)
}

function answerTo(path) {
  if (path !== '/set') return ANSWERS[path]
  return answer('application/json', JSON_BODY, `Set-Cookie: sid=${(count += 1)}; Path=/; HttpOnly\r\n`)
}

function serve(socket) {
  let head = ''
  let path = ''
  let bodyLeft = 0
  socket.setNoDelay()
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    if (bodyLeft > 0) bodyLeft -= bytes.length
    else {
      head += bytes.latin1Slice()
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      path = /\/\w+/.exec(head)[0]
      bodyLeft = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0) - (head.length - end - 4)
      head = ''
    }
    if (bodyLeft === 0) socket.write(answerTo(path))
  })
}

/** A server of HTTP/2 for small JSON. */
function http2Server(tls) {
  const head = { ':status': 200, 'content-type': 'application/json', 'content-length': JSON_BODY.length }
  return createSecureServer(tls).on('stream', (stream) => {
    stream.respond(head)
    stream.end(JSON_BODY)
  })
}

process.on('message', ({ tls, http2 }) => {
  const server = http2 ? http2Server(tls) : tls ? createTlsServer(tls, serve) : createServer(serve)
  server.listen(0, '127.0.0.1', () => process.send(server.address().port))
})
process.on('disconnect', () => process.exit())
