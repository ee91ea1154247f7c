import { type Socket, isIPv6 } from 'node:net'
import { ProxyError } from '@session-fetch/core'
import { connectionLost } from '../base/network-error.js'
import type { ProxyServer } from './proxy-server.js'

/** Maximum number of interim responses, the default of `limits.informational`. */
const MAX_INTERIM = 16

/**
 * Requests a tunnel from an HTTP proxy (RFC 9110 §9.3.6). Any status but 2xx comes from the proxy, not the origin,
 * and fails with a `ProxyError`.
 */
export async function connectThrough(
  socket: Socket,
  proxy: ProxyServer,
  target: { hostname: string; port: number },
): Promise<void> {
  const authority = `${isIPv6(target.hostname) ? `[${target.hostname}]` : target.hostname}:${target.port}`
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...authorization(proxy)]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const status = await finalStatus(socket)
  if (status < 200 || status > 299) throw refusal(proxy, status)
  // in TLS and HTTP the client sends first, so bytes after the reply are invalid
  if (socket.readableLength > 0) throw notHttp()
}

/** The status of the final response. Interim responses are skipped (RFC 9110 §15.2), except for 101. */
async function finalStatus(socket: Socket): Promise<number> {
  for (let interim = 0; interim <= MAX_INTERIM; interim += 1) {
    const status = await readReply(socket, parseHead)
    if (status < 100 || status > 199 || status === 101) return status
  }
  throw notHttp()
}

/** `Proxy-Authorization` for a proxy; `undefined` without credentials. */
export function proxyAuthorization({ username, password }: ProxyServer): string | undefined {
  if (username === '' && password === '') return undefined
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

function authorization(proxy: ProxyServer): string[] {
  const credentials = proxyAuthorization(proxy)
  return credentials === undefined ? [] : [`Proxy-Authorization: ${credentials}`]
}

/** The error for a refusal by a proxy, retryable if the proxy is busy or the origin unreachable. */
export function refusal(proxy: ProxyServer, status: number): ProxyError {
  const what = status === 407 ? 'rejected the credentials' : 'refused the request'
  return new ProxyError(`The proxy ${proxy.name} ${what} (status ${status})`, {
    status,
    retryable: [429, 502, 503, 504].includes(status),
  })
}

function parseHead(bytes: Buffer): Reply<number> | undefined {
  const line = bytes.subarray(0, 15).toString('latin1')
  if (line.length >= 12 && !/^HTTP\/1\.[01] \d{3}/.test(line)) throw notHttp()
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [, status] = /^HTTP\/1\.[01] (\d{3})[ \r]/.exec(bytes.toString('latin1', 0, end + 2)) ?? []
  if (status === undefined) throw notHttp()
  return { value: Number(status), length: end + 4 }
}

function notHttp(): Error {
  return Object.assign(new Error('The reply to CONNECT is not HTTP'), { code: 'HPE_INVALID_CONSTANT' })
}

/** A parsed reply, and its length in bytes. */
export interface Reply<T> {
  readonly value: T
  readonly length: number
}

/** Replies longer than this are rejected, the same limit as for response heads. */
const LONGEST_REPLY = 16 * 1024

/**
 * Reads from a socket until `parse` returns a reply. Bytes after the reply stay on the socket.
 *
 * @param parse Returns `undefined` if it needs more bytes.
 * @throws Error with the code `ECONNRESET` if the peer closes first, `EMSGSIZE` if the reply is too long
 */
export function readReply<T>(socket: Socket, parse: (bytes: Buffer) => Reply<T> | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const settle = (end: () => void): void => {
      socket.off('readable', read).off('end', lost).off('close', lost).off('error', fail)
      end()
    }
    const fail = (error: unknown): void => settle(() => reject(error))
    const lost = (): void => fail(connectionLost())
    const read = (): void => {
      for (let chunk = next(socket); chunk !== null; chunk = next(socket))
        bytes = Buffer.concat([bytes, chunk])
      try {
        const reply = parse(bytes)
        if (reply !== undefined) settle(() => resolve(take(socket, bytes, reply)))
        else if (bytes.length > LONGEST_REPLY) throw tooLong()
      } catch (error) {
        fail(error)
      }
    }
    socket.on('readable', read).once('end', lost).once('close', lost).once('error', fail)
    read()
  })
}

function next(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null // bytes, since the socket has no encoding
}

function take<T>(socket: Socket, bytes: Buffer, { value, length }: Reply<T>): T {
  if (bytes.length > length) socket.unshift(bytes.subarray(length))
  return value
}

function tooLong(): Error {
  return Object.assign(new Error('The reply is too long'), { code: 'EMSGSIZE' })
}
