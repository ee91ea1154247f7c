import { type AddressInfo, type Socket, createServer } from 'node:net'
import { Session } from '@session-fetch/node'
import { expect, it } from 'vitest'
import { turns } from '../wire/deliver.js'

const SIZE = 70_000

it('SessionResponse has a whole body where that ends with its connection while its reader waits', async () => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${'x'.repeat(SIZE)}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  const session = new Session()
  try {
    const response = await session.get(`http://127.0.0.1:${port}/`)
    // The rest of the body arrives meanwhile, and is longer than the read-ahead limit: the socket is paused.
    await new Promise((resolve) => sockets[0]?.write('', resolve))
    await turns(20)
    await new Promise<void>((resolve) => sockets[0]?.end(resolve))
    await turns(20)
    expect((await response.text()).length).toBe(SIZE)
  } finally {
    await session.close()
    server.close()
  }
})
