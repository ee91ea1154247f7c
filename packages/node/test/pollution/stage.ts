import { mkdtemp, rm } from 'node:fs/promises'
import { type ServerHttp2Stream, createSecureServer } from 'node:http2'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TLSSocket, createServer as createTlsServer } from 'node:tls'
import { gzipSync } from 'node:zlib'
import type { Authority } from '@session-fetch/test-support/certificates'
import type { Places } from './scenario.js'

/** What the servers of a stage saw of one run, in order. */
export type Seen = string[]

export interface Stage {
  readonly places: Places
  /** Where nothing may ever go. */
  readonly evil: string
  /** What was seen since the last time. */
  take(): Seen
  close(): Promise<void>
}

/** A site, another origin, a proxy and a Unix socket that write down every byte. */
export async function openStage(authority: Authority): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'session-fetch-pollution-'))
  let seen: Seen = []
  const turns = { flaky: 0 }
  const sockets = new Set<Socket>()
  const servers: Server[] = []
  const listen = async (server: Server, path?: string): Promise<number> => {
    servers.push(server)
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    })
    await new Promise<void>((resolve) =>
      path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
    )
    return path === undefined ? (server.address() as AddressInfo).port : 0
  }
  const site =
    (name: string) =>
    (socket: Socket): void =>
      serve(socket, turns, (bytes) => seen.push(`${name} ${from(socket)}\n${bytes}`))
  const { cert, key } = await authority.issue(['IP:127.0.0.1'])
  const other = `http://127.0.0.1:${await listen(createServer(site('other')))}/`
  const withOther = (name: string) => (socket: Socket) => {
    ;(socket as Socket & { other?: string }).other = other
    site(name)(socket)
  }
  const http = `http://127.0.0.1:${await listen(createServer(withOther('http')))}/`
  const https = `https://127.0.0.1:${await listen(createTlsServer({ cert, key, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }, withOther('https')))}/`
  const tellOfHttp2 = (request: string): unknown => seen.push(`http2\n${request}`)
  const http2 = `https://127.0.0.1:${await listen(
    createSecureServer({ cert, key }).on('stream', (stream: ServerHttp2Stream, headers) => {
      serveStream(stream, headers, { tell: tellOfHttp2, turns, other }).catch(() => {}) // the client is gone
    }),
  )}/`
  const proxy = `http://user:pass@127.0.0.1:${await listen(createServer(proxied(withOther('forwarded'), (line) => seen.push(line))))}`
  const socket = join(folder, 'site.sock')
  await listen(createServer(withOther('unix')), socket)
  const evil = `http://127.0.0.1:${await listen(
    createServer((socket) => {
      seen.push('EVIL')
      socket.on('data', (bytes) => seen.push(`EVIL ${bytes.toString('latin1')}`))
      socket.on('error', () => {})
    }),
  )}/`
  return {
    places: { http, other, https, http2, proxy, socket, ca: authority.ca, file: join(folder, 'file') },
    evil,
    take() {
      // Node's fetch draws its boundaries by other means than those that are pinned.
      const all = seen.map((line) => line.replace(/formdata-undici-\d+/g, 'formdata-undici'))
      seen = []
      turns.flaky = 0
      return all
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Who asks, as far as a server can tell. */
function from(socket: Socket): string {
  const { servername, alpnProtocol } = socket as TLSSocket
  const shown = (socket as TLSSocket).getPeerCertificate?.() ?? {}
  return JSON.stringify([socket.remoteAddress, servername, alpnProtocol, Object.keys(shown).length])
}

function serve(socket: Socket, turns: { flaky: number }, tell: (bytes: string) => void): void {
  let pending = ''
  socket.on('error', () => {})
  socket.on('data', (bytes) => {
    pending += bytes.toString('latin1')
    for (let length = lengthOf(pending); length > 0; length = lengthOf(pending)) {
      const request = pending.slice(0, length)
      pending = pending.slice(length)
      tell(request)
      answer(socket, request, turns)
    }
  })
  // Incomplete requests are recorded, too.
  socket.on('close', () => pending !== '' && tell(pending))
}

/** The length of the first request, or 0 where it is not whole. */
function lengthOf(text: string): number {
  const end = text.indexOf('\r\n\r\n') + 4
  if (end < 4) return 0
  const head = text.slice(0, end)
  if (/\r\ntransfer-encoding: chunked\r\n/i.test(head)) {
    const last = text.indexOf('0\r\n\r\n', end - 2)
    return last < 0 ? 0 : last + 5
  }
  const length = end + Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1] ?? 0)
  return text.length < length ? 0 : length
}

const ETAG = 'ETag: "v1"'

function answer(socket: Socket, request: string, turns: { flaky: number }): void {
  const { other = '' } = socket as Socket & { other?: string }
  reply(request, { turns, other }, (status, headers, body) => {
    const head = [`HTTP/1.1 ${status}`, `Content-Length: ${body.length}`, ...headers].join('\r\n')
    socket.write(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), Buffer.from(body)]))
  })
}

interface Told {
  readonly tell: (request: string) => unknown
  readonly turns: { flaky: number }
  readonly other: string
}

/** One exchange over HTTP/2, whose request is recorded in the format of HTTP/1.1. */
async function serveStream(
  stream: ServerHttp2Stream,
  headers: Record<string, unknown>,
  { tell, ...from }: Told,
): Promise<void> {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`)
  let body = ''
  stream.on('error', () => {})
  for await (const bytes of stream) body += (bytes as Buffer).toString('latin1')
  const request = `${String(headers[':method'])} ${String(headers[':path'])}\r\n${fields.join('')}\r\n${body}`
  tell(request)
  reply(request, from, (status, lines, content) => {
    if (stream.destroyed) return // the client is gone
    const pairs = lines.map((line) => line.split(/: /, 2) as [string, string])
    stream.respond({ ...Object.fromEntries(pairs), ':status': Number(status.split(' ')[0]) })
    stream.end(content)
  })
}

type Answer = (status: string, headers: readonly string[], body: string | Buffer) => void

function reply(request: string, { turns, other }: Omit<Told, 'tell'>, answer: Answer): void {
  const [, target = ''] = request.split(/[ \r]/)
  const path = new URL(target, 'http://site.test/').pathname
  const send = (status: string, headers: string[] = [], body: string | Buffer = 'ok'): void =>
    answer(status, headers, body)
  if (path === '/login') send('200 OK', ['Set-Cookie: sid=1; Path=/; HttpOnly', 'Content-Type: text/plain'])
  else if (path === '/redirect') send('302 Found', ['Location: landed', 'Set-Cookie: hop=1'])
  else if (path === '/away') send('302 Found', [`Location: ${other}landed`])
  else if (path === '/again') send('307 Temporary Redirect', ['Location: landed'])
  else if (path === '/flaky') send(turns.flaky++ % 2 === 0 ? '503 Busy' : '200 OK')
  else if (path === '/slow') setTimeout(send, 8, '200 OK')
  else if (path === '/gzip') send('200 OK', ['Content-Encoding: gzip'], gzipSync('unzipped'))
  else if (path === '/file') send('200 OK', [ETAG], 'file')
  else if (path === '/missing') send('404 Not Found')
  else if (path === '/digest' && !/\r\nauthorization: digest/i.test(request))
    send('401 Unauthorized', ['WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'])
  else send('200 OK', ['Content-Type: text/plain'])
}

/** A proxy that tunnels, and is the origin of all that it is to forward. */
function proxied(origin: (socket: Socket) => void, tell: (line: string) => void) {
  return (socket: Socket): void => {
    socket.on('error', () => {})
    socket.once('data', (bytes) => {
      const text = bytes.toString('latin1')
      const [method, target = ''] = text.split(' ')
      if (method !== 'CONNECT') {
        origin(socket)
        socket.emit('data', bytes)
        return
      }
      tell(text)
      const upstream = connect(Number(target.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        socket.pipe(upstream).pipe(socket)
      })
      upstream.on('error', () => socket.destroy())
    })
  }
}
