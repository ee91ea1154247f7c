import { type Challenge, parseChallenges } from './challenge.js'
import { md5, sha256 } from './hashes.js'
import { sha512, sha512_256 } from './sha512.js'
import type { PreparedRequest } from '../request/prepared-request.js'
import { originOf } from '../request/url.js'

/** A Digest challenge (RFC 7616 §3.3). */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  readonly algorithm: DigestAlgorithm
  /** As the server wrote it; omitted in the response if the server omitted it. */
  readonly algorithmName: string | undefined
  /** Whether `qop="auth"` is offered; otherwise the response follows RFC 2069. */
  readonly qop: boolean
  /** The password was correct, but the nonce is stale. */
  readonly stale: boolean
  /** The server prefers a hash of the user name. */
  readonly userhash: boolean
}

/** The strongest supported Digest challenge of a `WWW-Authenticate` header, or `null`. */
export function digestChallenge(header: string | null): DigestChallenge | null {
  const offered = parseChallenges(header ?? '').map(toDigestChallenge)
  return offered.reduce(
    (best, next) => ((next?.algorithm.strength ?? 0) > (best?.algorithm.strength ?? 0) ? next : best),
    null,
  )
}

function toDigestChallenge({ scheme, params }: Challenge): DigestChallenge | null {
  const [realm, nonce, qop] = [params.get('realm'), params.get('nonce'), params.get('qop')]
  const algorithmName = params.get('algorithm')
  const algorithm = digestAlgorithm(algorithmName ?? 'MD5')
  if (scheme !== 'digest' || realm === undefined || nonce === undefined || algorithm === null) return null
  // auth-int (a hash of the body) is not supported, and not downgraded
  if (qop !== undefined && !/(?:^|[\s,])auth(?:$|[\s,])/i.test(qop)) return null
  return {
    realm,
    nonce,
    opaque: params.get('opaque'),
    algorithm,
    algorithmName,
    qop: qop !== undefined,
    stale: isTrue(params.get('stale')),
    userhash: isTrue(params.get('userhash')),
  }
}

function isTrue(value: string | undefined): boolean {
  return value?.toLowerCase() === 'true'
}

/** A hash algorithm of Digest. */
interface DigestAlgorithm {
  /** Returns the hex hash of a binary string (one byte per character). */
  readonly hash: (bytes: string) => string
  /** Whether the hashed password is mixed with the first nonces (`-sess`). */
  readonly session: boolean
  /** The higher of two offered algorithms is chosen. */
  readonly strength: number
}

/** RFC 7616 §3.2, plus SHA-512, which some servers offer. */
const HASHES = new Map([
  ['MD5', { hash: md5, strength: 1 }],
  ['SHA-256', { hash: sha256, strength: 2 }],
  ['SHA-512-256', { hash: sha512_256, strength: 3 }],
  ['SHA-512', { hash: sha512, strength: 3 }],
])

/** The algorithm of this name, case-insensitive; `null` if unknown. */
function digestAlgorithm(name: string): DigestAlgorithm | null {
  const base = name.toUpperCase().replace(/-SESS$/, '')
  const found = HASHES.get(base)
  if (found === undefined) return null
  const { hash, strength } = found
  return { hash: (bytes) => hash(fromByteText(bytes)), session: base.length < name.length, strength }
}

/** Text as a binary string of its UTF-8 bytes, for hashes and headers. */
export function toByteText(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}

function fromByteText(bytes: string): Uint8Array {
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0))
}

/** User and password as binary strings (UTF-8). */
interface DigestCredentials {
  readonly user: string
  readonly password: string
}

/** A nonce in use, with the count of requests signed with it. */
export class DigestNonce {
  readonly challenge: DigestChallenge
  readonly #credentials: DigestCredentials
  /** The client nonce. `-sess` algorithms hash it into the key, so it lives as long as the nonce. */
  readonly #clientNonce: string | null
  readonly #secret: string
  #count = 0

  constructor(challenge: DigestChallenge, credentials: DigestCredentials) {
    const { hash, session } = challenge.algorithm
    this.challenge = challenge
    this.#credentials = credentials
    this.#clientNonce = session ? randomHex() : null
    const secret = hash(`${credentials.user}:${challenge.realm}:${credentials.password}`)
    this.#secret = session ? hash(`${secret}:${challenge.nonce}:${this.#clientNonce}`) : secret
  }

  /** The `Authorization` header for this request (RFC 7616 §3.4). */
  authorization({ method, url }: PreparedRequest): string {
    const { realm, nonce, opaque, algorithm, algorithmName, qop } = this.challenge
    const uri = new URL(url).href.slice(originOf(url).length).split('#')[0] ?? ''
    const cnonce = this.#clientNonce ?? randomHex()
    this.#count += 1
    const nc = this.#count.toString(16).padStart(8, '0')
    const counted = qop ? `${nonce}:${nc}:${cnonce}:auth` : nonce
    const response = algorithm.hash(`${this.#secret}:${counted}:${algorithm.hash(`${method}:${uri}`)}`)
    return `Digest ${[
      ...this.#userFields(),
      ...Object.entries({ realm, nonce, uri, response }).map(quoted),
      ...(algorithmName === undefined ? [] : [`algorithm=${algorithmName}`]),
      ...(qop || algorithm.session ? [quoted(['cnonce', cnonce])] : []),
      ...(qop ? ['qop=auth', `nc=${nc}`] : []),
      ...(opaque === undefined ? [] : [quoted(['opaque', opaque])]),
    ].join(', ')}`
  }

  /** The user name: plain, hashed if the server asks for it, or escaped if a header cannot contain it. */
  #userFields(): string[] {
    const { realm, algorithm, userhash } = this.challenge
    const { user } = this.#credentials
    if (userhash) return [quoted(['username', algorithm.hash(`${user}:${realm}`)]), 'userhash=true']
    if (/^[ -~]*$/.test(user)) return [quoted(['username', user])]
    return [`username*=UTF-8''${user.replace(/[^A-Za-z0-9!#$&+.^_`|~-]/g, percent)}`]
  }
}

function quoted([name, value]: [name: string, value: string]): string {
  return `${name}="${value.replace(/["\\]/g, '\\$&')}"`
}

/** RFC 8187 §3.2.1. */
function percent(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function randomHex(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * The maximum number of nonces kept; the least recently used are dropped, and their servers send a new
 * challenge.
 */
const LIMIT = 1000

/** Nonces by origin and realm. */
export class DigestNonces {
  readonly #credentials: DigestCredentials
  readonly #known = new Map<string, DigestNonce>()
  readonly #latest = new Map<string, DigestNonce>()

  constructor(credentials: DigestCredentials) {
    this.#credentials = credentials
  }

  /** The nonce of the last challenge of this origin, to sign preemptively. */
  latest(origin: string): DigestNonce | null {
    return this.#latest.get(origin) ?? null
  }

  /** Returns the nonce for a challenge. Concurrent calls with the same nonce share it and its count. */
  answer(origin: string, challenge: DigestChallenge): DigestNonce {
    const key = JSON.stringify([origin, challenge.realm, challenge.nonce, challenge.algorithmName])
    const nonce = this.#known.get(key) ?? new DigestNonce(challenge, this.#credentials)
    remember(this.#known, key, nonce)
    remember(this.#latest, origin, nonce)
    return nonce
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= LIMIT) return
    map.delete(oldest)
  }
}
