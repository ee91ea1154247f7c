// The server for bench/endurance.mjs, in a separate process.
import { createServer } from 'node:http'

const CHUNK = Buffer.alloc(65_536, 'x')

const server = createServer((request, response) => {
  const [, kind, what] = request.url.split('?', 1)[0].split('/')
  if (kind === 'body') send(response, Number(what))
  else if (kind === 'upload') count(request, response)
  else if (kind === 'stall') response.writeHead(200, { 'Content-Length': 100 }).write('some')
  else if (kind === 'echo') response.end(request.url)
  else response.setHeader('Set-Cookie', `sid=${Math.random()}; Path=/`).end('{"ok":true}')
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
process.on('disconnect', () => process.exit())

/** As fast as it is taken. */
function send(response, size) {
  response.writeHead(200, { 'Content-Length': size })
  let left = size
  const more = () => {
    while (left > 0) {
      const chunk = left < CHUNK.byteLength ? CHUNK.subarray(0, left) : CHUNK
      left -= chunk.byteLength
      if (!response.write(chunk)) return
    }
    response.end()
  }
  response.on('drain', more)
  more()
}

function count(request, response) {
  let size = 0
  request.on('data', (chunk) => {
    size += chunk.byteLength
  })
  request.on('end', () => response.end(String(size)))
}
