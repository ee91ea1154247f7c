import { type Challenge, parseChallenges } from './challenge.js'
import { md5, sha256 } from './hashes.js'
import { sha512, sha512half } from './sha512.js'

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
  ['SHA-512-256', { hash: sha512half, strength: 3 }],
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
