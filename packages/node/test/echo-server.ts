import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import type { Certificate } from '@session-fetch/test-support/certificates'

/** What an origin saw of a request. */
export interface Echo {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
}

/** An origin that returns the received request. */
export interface EchoServer {
  /** Its address with a trailing slash. */
  readonly url: string
  readonly port: number
  readonly seen: readonly Echo[]
  /** TCP connections accepted so far. */
  connections(): number
  close(): Promise<void>
}

export interface EchoOptions {
  /** Speaks TLS. Default: plain HTTP. */
  certificate?: Certificate
  /** Responds instead of the echo if it returns `true`. */
  answer?: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Where it listens. Default: a free port of 127.0.0.1. */
  path?: string
}

/** Starts an origin on a free loopback port; `/to?<url>` redirects there. */
export async function startEchoServer({ certificate, answer, path }: EchoOptions = {}): Promise<EchoServer> {
  const seen: Echo[] = []
  let connections = 0
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = '', url: target = '', headers } = request
    const echo = { method, target, headers: headers as Record<string, string> } // no header comes twice
    seen.push(echo)
    if (answer?.(request, response)) return
    if (target.startsWith('/to?')) response.writeHead(302, { Location: decodeURIComponent(target.slice(4)) })
    response.end(JSON.stringify(echo))
  }
  const server = certificate ? createSecureServer(certificate, serve) : createServer(serve)
  server.keepAliveTimeout = 60_000
  server.on('connection', () => (connections += 1))
  await new Promise<void>((resolve) =>
    path ? server.listen(path, resolve) : server.listen(0, '127.0.0.1', resolve),
  )
  const port = path ? 0 : (server.address() as AddressInfo).port
  const url = certificate ? `https://localhost:${port}/` : `http://127.0.0.1:${port}/`
  return { url, port, seen, connections: () => connections, close: () => closed(server) }
}

function closed(server: Server & { closeAllConnections(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
