import type { Socket } from 'node:net'
import { type FaultServer, ok } from '@session-fetch/test-support/fault-server'
import { serve } from '../fault-stage.js'

/** A server that answers each request with its target as soon as its head is there, and then reads its body. */
export function startHastyServer(): Promise<FaultServer> {
  return serve(() => {}, { onConnection: answerHastily })
}

function answerHastily(socket: Socket): void {
  let pending = Buffer.alloc(0)
  let body = 0
  socket.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes])
    for (;;) {
      const passed = Math.min(body, pending.length)
      body -= passed
      pending = pending.subarray(passed)
      const end = pending.indexOf('\r\n\r\n')
      if (body > 0 || end < 0) return
      const head = pending.toString('latin1', 0, end)
      pending = pending.subarray(end + 4)
      body = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
      socket.write(ok(head.split(' ')[1]))
    }
  })
}
