import type { IncomingMessage, ServerResponse } from 'node:http'

/** One request and its response, with the methods that the routes need. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The request's URL, without the `/no-cors` prefix. */
  readonly url: URL
  /** The request target as it stood on the wire. */
  readonly target: string
  /** The path's segments, decoded. */
  readonly segments: readonly string[]
  /** Whether the response may have CORS headers. */
  readonly cors: boolean
  /** The request's cookies; the first of a name wins. */
  readonly cookies: Readonly<Record<string, string>>
  /** Reads the whole request body. */
  body(): Promise<Buffer>
  json(status: number, value: unknown, headers?: Headings): void
  text(status: number, value: string, headers?: Headings): void
  redirect(status: number, location: string, headers?: Headings): void
}

export type Headings = Record<string, string | string[]>

const noCors = /^\/no-cors(?=\/|$)/

export function createExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const target = request.url ?? '/'
  const url = new URL(target.replace(noCors, ''), `http://${request.headers.host ?? 'localhost'}`)
  const send = (status: number, body: string, headers: Headings): void => {
    response.writeHead(status, { 'Content-Length': Buffer.byteLength(body), ...headers }).end(body)
  }
  return {
    request,
    response,
    url,
    target,
    segments: url.pathname.split('/').slice(1).map(decodeURIComponent),
    cors: !noCors.test(target),
    cookies: parseCookies(request.headers.cookie ?? ''),
    body: () => readAll(request),
    json: (status, value, headers) =>
      send(status, JSON.stringify(value), { 'Content-Type': 'application/json', ...headers }),
    text: (status, value, headers) =>
      send(status, value, { 'Content-Type': 'text/plain;charset=UTF-8', ...headers }),
    redirect: (status, location, headers) => send(status, '', { Location: location, ...headers }),
  }
}

function parseCookies(header: string): Record<string, string> {
  const pairs = header.split('; ').filter((pair) => pair !== '')
  return Object.fromEntries(pairs.reverse().map(cookiePair))
}

function cookiePair(text: string): [string, string] {
  const equals = text.indexOf('=')
  return equals < 0 ? ['', text] : [text.slice(0, equals), text.slice(equals + 1)]
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer) // no encoding was set: chunks are Buffers
  return Buffer.concat(chunks)
}
