import {
  type Http2SecureServer,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  createSecureServer,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Certificate } from '@session-fetch/test-support/certificates'

/** What a server does with a request. */
export type Handler = (
  stream: ServerHttp2Stream,
  headers: Record<string, unknown>,
  session: ServerHttp2Session,
) => void

/** An origin of Node's own HTTP/2 server. */
export interface Http2Origin {
  readonly url: string
  readonly server: Http2SecureServer
  /** How many connections there have been. */
  readonly sessions: () => number
  /** Ends all connections with a GOAWAY, and resolves when they are closed. */
  endSessions(): Promise<void>
  close(): Promise<void>
}

/** Starts an origin on a free loopback port. */
export async function startHttp2Origin(
  { cert, key }: Certificate,
  handle: Handler,
  options: SecureServerOptions = {},
): Promise<Http2Origin> {
  let sessions = 0
  const server = createSecureServer({ cert, key, ...options })
  const open = new Set<ServerHttp2Session>()
  server.on('session', (session) => {
    sessions += 1
    open.add(session)
    session.on('close', () => open.delete(session)).on('error', () => {})
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    handle(stream, headers, stream.session as ServerHttp2Session) // a stream that has just come has one
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/`,
    server,
    sessions: () => sessions,
    async endSessions() {
      await Promise.all(Array.from(open, (session) => new Promise<void>((resolve) => session.close(resolve))))
    },
    async close() {
      for (const session of open) session.destroy()
      server.close()
    },
  }
}
