import { once } from 'node:events'
import { type AddressInfo, type Socket, createServer } from 'node:net'

/** A server that writes the given bytes. */
export interface RawServer {
  readonly url: string
  /** The received text, one string per connection. */
  readonly received: string[]
  close(): void
}

/** @param answer Is given each socket once a request's head has come; text is written and the socket closed. */
export async function startRawServer(answer: string | ((socket: Socket) => void)): Promise<RawServer> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const place = received.push('') - 1
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      const before = received[place] ?? ''
      received[place] = before + chunk.toString('latin1')
      if (before.includes('\r\n\r\n') || !received[place]?.includes('\r\n\r\n')) return
      if (typeof answer === 'string') socket.end(answer, 'latin1')
      else answer(socket)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port, not on a path
  return {
    url: `http://127.0.0.1:${port}/`,
    received,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
