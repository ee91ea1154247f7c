import { once } from 'node:events'
import { constants } from 'node:http2'
import { type AddressInfo, type Socket, createServer } from 'node:net'
import { type NodeSessionOptions, Session, publicOnly, unixSocketTransport } from '@session-fetch/node'
import { type Authority, type Certificate, createAuthority } from '@session-fetch/test-support/certificates'
import { head, ok } from '@session-fetch/test-support/fault-server'
import { Agent, type Dispatcher, errors } from 'undici'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { serve } from '../fault-stage.js'
import { startHttp2Origin } from '../http2/origin.js'
import { messageOf } from './message-of.js'

let authority: Authority
let certificate: Certificate
beforeAll(async () => {
  authority = await createAuthority()
  certificate = await authority.issue(['DNS:other.test'])
})
afterAll(() => authority.close())

/** The message of a call with a separate session. */
function messageAt(url: string, options: NodeSessionOptions = {}): Promise<string> {
  const session = new Session({ trustEnv: false, ...options })
  onTestFinished(() => session.close())
  return messageOf(() => session.get(url))
}

/** A lookup that fails as Node's does. */
const lookupFailing =
  (code: string): NonNullable<NodeSessionOptions['lookup']> =>
  (_name, _options, callback) =>
    callback(Object.assign(new Error(`getaddrinfo ${code}`), { code, syscall: 'getaddrinfo' }), '', 4)

/** A dispatcher of undici's whose requests fail. */
const failing = (error: Error): Dispatcher => {
  const agent = new Agent()
  agent.dispatch = (_options, handler) => {
    handler.onResponseError?.(undefined as never, error) // which reads no controller
    return true
  }
  return agent
}

/** A dispatcher of undici's that takes no requests. */
const refusing = (error: Error): Dispatcher => {
  const agent = new Agent()
  agent.dispatch = () => {
    throw error
  }
  return agent
}

describe('SessionError.message of', () => {
  it.each<[string, string, NodeSessionOptions, string]>([
    [
      'a name without an address',
      'http://a.test/',
      { lookup: lookupFailing('ENOTFOUND') },
      'The host name has no address: GET http://a.test/',
    ],
    [
      'a resolver that does not answer',
      'http://a.test/',
      { lookup: lookupFailing('EAI_AGAIN') },
      'The host name could not be resolved (EAI_AGAIN): GET http://a.test/',
    ],
    [
      'an address that the guard refuses',
      'http://127.0.0.1/',
      { guard: publicOnly() },
      'The guard refused the address 127.0.0.1: GET http://127.0.0.1/',
    ],
    [
      'an error of the parser without a code',
      'http://a.test/',
      { agent: failing(new errors.HTTPParserError('Parse Error')) },
      'The server violated the protocol (not HTTP): GET http://a.test/',
    ],
    [
      'a request that undici does not send',
      'http://a.test/',
      { agent: failing(new errors.InvalidArgumentError('invalid upgrade header')) },
      'The request cannot be sent: invalid upgrade header: GET http://a.test/',
    ],
    [
      'a dispatcher of undici 6',
      'http://a.test/',
      { agent: refusing(new errors.InvalidArgumentError('invalid onConnect method')) },
      'agent: this dispatcher is from an undici before version 7, such as the one in Node 20 and 22; install undici 7 and pass one of its dispatchers',
    ],
  ])('%s', async (_cause, url, options, message) => {
    expect(await messageAt(url, options)).toBe(message)
  })

  it('a server of HTTP/2 that goes away each time', async () => {
    const { cert, key } = await authority.issue(['DNS:localhost'])
    const origin = await startHttp2Origin({ ...certificate, cert, key }, (stream) =>
      stream.close(constants.NGHTTP2_REFUSED_STREAM),
    )
    onTestFinished(() => origin.close())
    const text = await messageAt(origin.url, { http2: true, tls: { ca: authority.ca } })
    expect(text.replace(origin.url, 'https://server.test/')).toBe(
      'The server did not process the request (ERR_HTTP2_REFUSED_STREAM): GET https://server.test/',
    )
  })

  it('a refused connection', async () => {
    expect(await messageAt('http://127.0.0.1:9/')).toBe(
      'Connection failed (ECONNREFUSED at 127.0.0.1:9): GET http://127.0.0.1:9/',
    )
  })

  it('a socket that is not there', async () => {
    const session = new Session()
    session.mount('http://docker/', unixSocketTransport('/nowhere/docker.sock'))
    expect(await messageOf(() => session.get('http://docker/'))).toBe(
      'Connection failed (ENOENT): GET http://docker/',
    )
  })

  it('a redirect to a socket', async () => {
    const server = await serve(({ send }) =>
      send(head('302 Found', 'Location: http://docker/', 'Content-Length: 0')),
    )
    const session = new Session()
    session.mount('http://docker/', unixSocketTransport('/nowhere/docker.sock'))
    const text = await messageOf(() => session.get(server.url))
    expect(text.replace(server.url, 'http://server.test/')).toBe(
      'The server redirected to a transport that takes no redirects; request it directly: GET http://server.test/',
    )
  })

  it.each<[string, () => NodeSessionOptions, string]>([
    [
      'an issuer that is unknown',
      () => ({}),
      'TLS failed (UNABLE_TO_VERIFY_LEAF_SIGNATURE): GET https://server.test/',
    ],
    [
      'a certificate for another host',
      () => ({ tls: { ca: authority.ca } }),
      'TLS failed (ERR_TLS_CERT_ALTNAME_INVALID): GET https://server.test/',
    ],
  ])('%s', async (_cause, options, message) => {
    const { cert, key } = certificate
    const server = await serve(({ send }) => send(ok()), { tls: { cert, key } })
    expect((await messageAt(server.url, options())).replaceAll(server.url, 'https://server.test/')).toBe(
      message,
    )
  })
})

/** A proxy that plays the next part of its role whenever it has heard something. */
async function proxyPort(...parts: (string | number[] | ((socket: Socket) => void))[]): Promise<number> {
  const server = createServer((socket) => {
    const left = [...parts]
    socket.on('error', () => {})
    socket.on('data', () => {
      const part = left.shift()
      if (typeof part === 'function') part(socket)
      else if (part !== undefined) socket.write(Buffer.from(part as string))
    })
    onTestFinished(() => void socket.destroy())
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const GREETED = [5, 2] // with a password
const LONG = 'a'.repeat(256)

describe('ProxyError.message of a proxy', () => {
  it.each<[string, string, Parameters<typeof proxyPort>, string]>([
    [
      'that wants another password',
      'http://me:pw@proxy',
      ['HTTP/1.1 407 No\r\n\r\n'],
      'The proxy http://proxy rejected the credentials (status 407): GET https://a.test/',
    ],
    [
      'that forbids the host',
      'http://proxy',
      ['HTTP/1.1 403 No\r\n\r\n'],
      'The proxy http://proxy refused the request (status 403): GET https://a.test/',
    ],
    [
      'that speaks no HTTP',
      'http://proxy',
      ['SSH-2.0\r\n\r\n'],
      'The proxy http://proxy failed (HPE_INVALID_CONSTANT): GET https://a.test/',
    ],
    [
      'that closes the tunnel',
      'http://proxy',
      ['HTTP/1.1 200 OK\r\n\r\n', (socket) => socket.destroy()],
      'The proxy http://proxy closed the tunnel: GET https://a.test/',
    ],
    [
      'that wants to know who asks',
      'socks5h://proxy',
      [[5, 255]],
      'The proxy socks5h://proxy rejected the credentials: GET https://a.test/',
    ],
    [
      'that knows another password',
      'socks5h://me:pw@proxy',
      [GREETED, [1, 1]],
      'The proxy socks5h://proxy rejected the credentials: GET https://a.test/',
    ],
    [
      'that cannot reach the host',
      'socks5h://proxy',
      [
        [5, 0],
        [5, 4, 0, 1],
      ],
      'The proxy socks5h://proxy did not connect: host unreachable: GET https://a.test/',
    ],
    [
      'that has a code of its own',
      'socks5h://proxy',
      [
        [5, 0],
        [5, 99, 0, 1],
      ],
      'The proxy socks5h://proxy did not connect: code 99: GET https://a.test/',
    ],
    [
      'with a password that is too long',
      `socks5h://me:${LONG}@proxy`,
      [GREETED],
      'SOCKS5 is limited to names and credentials of 255 bytes: GET https://a.test/',
    ],
  ])('%s', async (_cause, proxy, parts, message) => {
    const port = await proxyPort(...parts)
    const text = await messageAt('https://a.test/', { proxy: proxy.replace(/proxy$/, `127.0.0.1:${port}`) })
    expect(text.replace(`127.0.0.1:${port}`, 'proxy')).toBe(message)
  })
})
