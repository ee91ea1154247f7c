import { type Socket, isIP } from 'node:net'
import { ProxyError } from '@session-fetch/core'
import { ipBytes } from './ip-address.js'
import type { ProxyServer } from './proxy-server.js'
import { type Reply, readReply } from './tunnel.js'

const VERSION = 5
const NO_AUTH = 0
const PASSWORD = 2
const CONNECT = 1
const IPV4 = 1
const NAME = 3
const IPV6 = 4

/** The reply codes (RFC 1928 §6), and those worth a retry. */
const REPLIES = [
  'succeeded',
  'general failure',
  'not allowed',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
]
const RETRYABLE = [1, 3, 4, 5, 6]

/** Requests a connection from a SOCKS5 proxy (RFC 1928), with username and password (RFC 1929) if it has them. */
export async function connectSocks5(
  socket: Socket,
  proxy: ProxyServer,
  target: { hostname: string; port: number },
): Promise<void> {
  const method = await greet(socket, proxy)
  if (method === PASSWORD) await logIn(socket, proxy)
  socket.write(
    Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), address(target.hostname), port(target.port)]),
  )
  const code = await readReply(socket, parseConnected)
  if (code === 0) return
  throw new ProxyError(`The proxy ${proxy.name} did not connect: ${REPLIES[code] ?? `code ${code}`}`, {
    retryable: RETRYABLE.includes(code),
  })
}

async function greet(socket: Socket, proxy: ProxyServer): Promise<number> {
  const methods = hasCredentials(proxy) ? [NO_AUTH, PASSWORD] : [NO_AUTH]
  socket.write(Buffer.from([VERSION, methods.length, ...methods]))
  const method = await readReply(socket, parsePair(VERSION))
  if (methods.includes(method)) return method
  throw new ProxyError(`The proxy ${proxy.name} rejected the credentials`, { retryable: false })
}

async function logIn(socket: Socket, proxy: ProxyServer): Promise<void> {
  socket.write(Buffer.concat([Buffer.from([1]), field(proxy.username), field(proxy.password)]))
  if ((await readReply(socket, parsePair(1))) === 0) return
  throw new ProxyError(`The proxy ${proxy.name} rejected the credentials`, { retryable: false })
}

function hasCredentials({ username, password }: ProxyServer): boolean {
  return username !== '' || password !== ''
}

/** Text, prefixed by the length. */
function field(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length > 255)
    throw new ProxyError('SOCKS5 is limited to names and credentials of 255 bytes', { retryable: false })
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

function address(hostname: string): Buffer {
  const family = isIP(hostname)
  if (family === 0) return Buffer.concat([Buffer.from([NAME]), field(hostname)])
  return Buffer.from([family === 4 ? IPV4 : IPV6, ...ipBytes(hostname)])
}

function port(port: number): Buffer {
  return Buffer.from([port >> 8, port & 0xff])
}

/** Parses replies of two bytes: the version, then the value. */
function parsePair(version: number): (bytes: Buffer) => Reply<number> | undefined {
  return ([first, second]) => {
    if (first !== undefined && first !== version) throw notSocks()
    return second === undefined ? undefined : { value: second, length: 2 }
  }
}

function parseConnected(bytes: Buffer): Reply<number> | undefined {
  const [version, code, , type, first] = bytes
  if (version !== undefined && version !== VERSION) throw notSocks()
  if (code !== undefined && code !== 0) return { value: code, length: bytes.length }
  if (code === undefined || type === undefined || first === undefined) return undefined
  const size = type === IPV4 ? 4 : type === IPV6 ? 16 : type === NAME ? first + 1 : undefined
  if (size === undefined) throw notSocks()
  const length = 4 + size + 2
  return bytes.length < length ? undefined : { value: code, length }
}

function notSocks(): Error {
  return Object.assign(new Error('The reply is not SOCKS5'), { code: 'HPE_INVALID_CONSTANT' })
}
