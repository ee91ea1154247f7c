import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/** Numbers the TCP connections of a server in order. */
export interface Connections {
  count(): number
  /** The number of the connection that carried this request, from 1. */
  idOf(request: IncomingMessage): number
}

/** @param event What the server calls a connection: over TLS, a request's socket is the one that TLS gave it. */
export function countConnections(
  server: Server,
  event: 'connection' | 'secureConnection' = 'connection',
): Connections {
  const ids = new WeakMap<Socket, number>()
  let count = 0
  server.on(event, (socket: Socket) => ids.set(socket, (count += 1)))
  return { count: () => count, idOf: (request) => ids.get(request.socket) ?? 0 }
}
