import { once } from 'node:events'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Certificate } from '@session-fetch/test-support/certificates'

export interface Http2Echo {
  readonly port: number
  close(): Promise<void>
}

/** A site that supports only HTTP/2, and returns the body of each request. */
export async function startHttp2Echo({ cert, key }: Certificate): Promise<Http2Echo> {
  const server = createSecureServer({ cert, key })
  server.on('stream', (stream) => {
    stream.respond({ 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' })
    void text(stream).then((body) => stream.end(body))
  })
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', (session) => sessions.add(session))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port, // of a server on a TCP port
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const session of sessions) session.destroy()
      await closed
    },
  }
}
