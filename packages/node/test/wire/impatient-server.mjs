// Answers each request, and ends a connection that was idle for a tenth of a second.
import { createServer } from 'node:net'

const server = createServer({ noDelay: true }, (socket) => {
  let timer
  socket.on('error', () => {})
  socket.on('data', () => {
    clearTimeout(timer)
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine')
    timer = setTimeout(() => socket.end(), 100)
  })
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
