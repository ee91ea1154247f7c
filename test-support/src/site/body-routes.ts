import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { Exchange } from './exchange.js'
import type { Route } from './routes.js'

/** Pages whose body or status is the point. */
export const bodyRoutes: [string, Route][] = [
  ['/json', (exchange) => exchange.json(200, { greeting: 'grüße', list: [1, 2, 3], nothing: null })],
  ['/text', text],
  ['/bytes', bytes],
  ['/stream', stream],
  ['/status', status],
  ['/reset', ({ request }) => request.socket.destroy()],
  ['/cut', cut],
  ['/corrupt', corrupt],
  ['/gzip', encoded('gzip', gzipSync)],
  ['/deflate', encoded('deflate', deflateSync)],
  ['/br', encoded('br', brotliCompressSync)],
]

/** `/text?body=…&type=…` answers with that body, under that type. */
function text(exchange: Exchange): void {
  const { searchParams } = exchange.url
  const type = searchParams.get('type') ?? 'text/plain;charset=UTF-8'
  exchange.text(200, searchParams.get('body') ?? '', { 'Content-Type': type })
}

/** `/bytes/N` answers with the bytes 0, 1, … 255, 0, 1, … */
function bytes({ response, segments }: Exchange): void {
  const body = Uint8Array.from({ length: Number(segments[1]) }, (_, index) => index % 256)
  response
    .writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': body.length })
    .end(body)
}

/** `/stream/N` responds with N lines, each in a separate chunk. */
function stream({ response, segments }: Exchange): void {
  response.writeHead(200, { 'Content-Type': 'text/plain;charset=UTF-8' })
  for (let line = 0; line < Number(segments[1]); line += 1) response.write(`line ${line}\n`)
  response.end()
}

/** `/status/N` answers with that status; 204, 205 and 304 have no body. */
async function status(exchange: Exchange): Promise<void> {
  await exchange.body()
  const code = Number(exchange.segments[1])
  if ([204, 205, 304].includes(code)) exchange.response.writeHead(code).end()
  else exchange.json(code, { status: code })
}

/** `/cut` announces more than it sends, and closes its connection. */
function cut({ request, response }: Exchange): void {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 20_000 })
  response.write('x'.repeat(10_000))
  request.socket.end()
}

/** `/corrupt` answers with all of a gzip whose checksum is wrong. */
function corrupt({ response }: Exchange): void {
  const body = gzipSync('text '.repeat(1000))
  body.writeUInt8(body.readUInt8(body.length - 8) ^ 1, body.length - 8)
  response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': body.length }).end(body)
}

function encoded(coding: string, encode: (text: string) => Buffer): Route {
  return ({ response }) => {
    const body = encode(JSON.stringify({ coding, greeting: 'grüße' }))
    const headers = {
      'Content-Type': 'application/json',
      'Content-Encoding': coding,
      'Content-Length': body.length,
    }
    response.writeHead(200, headers).end(body)
  }
}
