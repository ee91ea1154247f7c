import type { DigestChallenge } from './digest-challenge.js'
import { type DigestCredentials, DigestNonce } from './digest-nonce.js'

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
