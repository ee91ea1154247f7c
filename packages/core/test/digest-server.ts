import { createHash } from 'node:crypto'
import type { PreparedRequest } from '../src/index.js'
import type { Handler } from './test-session.js'

/** What a Digest `Authorization` header holds, by name. */
export type DigestFields = Record<string, string>

export function digestFields(request: PreparedRequest): DigestFields | null {
  const header = request.headers.get('Authorization')
  if (!header?.startsWith('Digest ')) return null
  const fields = header.slice(7).matchAll(/([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^,\s]*))/g)
  return Object.fromEntries<string>(
    [...fields].map(([, name, quoted, bare]) => [
      name ?? '',
      quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '',
    ]),
  )
}

export interface DigestParts {
  user: string
  password: string
  method: string
  fields: DigestFields
}

/** RFC 7616, section 3.4.1, from Node's own hashes. */
export function expectedResponse({ user, password, method, fields }: DigestParts): string {
  const { realm, nonce, uri, algorithm = 'MD5', cnonce, nc, qop } = fields
  const name = algorithm.toLowerCase().replace('-sess', '')
  const hash = (text: string): string =>
    createHash({ 'sha-256': 'sha256', 'sha-512': 'sha512', 'sha-512-256': 'sha512-256' }[name] ?? name)
      .update(text)
      .digest('hex')
  const plain = hash(`${user}:${realm}:${password}`)
  const secret = /-sess$/i.test(algorithm) ? hash(`${plain}:${nonce}:${cnonce}`) : plain
  const counted = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`
  return hash(`${secret}:${counted}:${hash(`${method}:${uri}`)}`)
}

/** Challenges requests that are not signed for `me` with `pw`; a nonce is stale if `isStale` returns true. */
export function digestServer(
  challenge: (request: PreparedRequest) => string,
  isStale: (nonce: string) => boolean = () => false,
): Handler {
  return (request) => {
    const fields = digestFields(request)
    const refuse = (more = ''): Response =>
      new Response('who?', { status: 401, headers: { 'WWW-Authenticate': `${challenge(request)}${more}` } })
    if (fields === null) return refuse()
    if (isStale(fields['nonce'] ?? '')) return refuse(', stale=true')
    const right = expectedResponse({ user: 'me', password: 'pw', method: request.method, fields })
    return fields['response'] === right ? new Response('in') : refuse()
  }
}
