import { originOf } from '../model/url.js'
import type { PreparedRequest } from '../request/prepared-request.js'
import type { DigestChallenge } from './digest-challenge.js'

/** A user and a password, each as its UTF-8 bytes. */
interface DigestCredentials {
  readonly user: string
  readonly password: string
}

/** A server's nonce in use: it counts the requests that it signs. */
export class DigestNonce {
  readonly challenge: DigestChallenge
  readonly #credentials: DigestCredentials
  /** One for as long as the nonce lives, where the algorithm mixes it into the password. */
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

  /** The `Authorization` header of this request (RFC 7616, section 3.4). */
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

  /** The user in clear, or hashed for a server that asks, or escaped where a header cannot hold the name. */
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

/** RFC 8187, section 3.2.1. */
function percent(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function randomHex(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Beyond this many, the nonces used longest ago are forgotten: their servers will ask again. */
const LIMIT = 1000

/** The nonces that servers gave, each kept to the origin and the realm that it came from. */
export class DigestNonces {
  readonly #credentials: DigestCredentials
  readonly #known = new Map<string, DigestNonce>()
  readonly #latest = new Map<string, DigestNonce>()

  constructor(credentials: DigestCredentials) {
    this.#credentials = credentials
  }

  /** What to sign with before being asked: the last challenge of this origin. */
  latest(origin: string): DigestNonce | null {
    return this.#latest.get(origin) ?? null
  }

  /** What answers a challenge. Calls that were given the same nonce at once share it, and its count. */
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
