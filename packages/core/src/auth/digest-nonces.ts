import type { PreparedRequest } from '../request/prepared-request.js'
import { originOf } from '../request/url.js'
import type { DigestChallenge } from './digest-challenge.js'

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
