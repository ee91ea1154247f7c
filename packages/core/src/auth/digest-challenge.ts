import { type Challenge, parseChallenges } from './challenge.js'
import { md5, sha256 } from './hashes.js'
import { sha512, sha512half } from './sha512.js'

/** What a server asks for (RFC 7616, section 3.3). */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  readonly algorithm: DigestAlgorithm
  /** As the server spelled it; what it left out is left out of the answer. */
  readonly algorithmName: string | undefined
  /** Whether `qop="auth"` is offered. Without it, the answer is that of RFC 2069. */
  readonly qop: boolean
  /** The password was right and the nonce too old. */
  readonly stale: boolean
  /** The server would rather see a hash than the user's name. */
  readonly userhash: boolean
}

/** The strongest Digest challenge of a `WWW-Authenticate` header that can be answered, or `null`. */
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
  // A server that insists on auth-int, a hash over the body, is not answered with less.
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

/** A hash that Digest can use. */
interface DigestAlgorithm {
  /** The hash in hex of a text of which each character is one byte. */
  readonly hash: (bytes: string) => string
  /** Whether the hashed password is mixed with the first nonces (`-sess`). */
  readonly session: boolean
  /** Of two that are offered, the stronger is taken. */
  readonly strength: number
}

/** RFC 7616, section 3.2, and SHA-512, which servers offer all the same. */
const HASHES = new Map([
  ['MD5', { hash: md5, strength: 1 }],
  ['SHA-256', { hash: sha256, strength: 2 }],
  ['SHA-512-256', { hash: sha512half, strength: 3 }],
  ['SHA-512', { hash: sha512, strength: 3 }],
])

/** The algorithm of this name, in any case; `null` for one that is not known. */
function digestAlgorithm(name: string): DigestAlgorithm | null {
  const base = name.toUpperCase().replace(/-SESS$/, '')
  const found = HASHES.get(base)
  if (found === undefined) return null
  const { hash, strength } = found
  return { hash: (bytes) => hash(fromByteText(bytes)), session: base.length < name.length, strength }
}

/** Text as its UTF-8 bytes, one character each: what hashes take and headers hold. */
export function toByteText(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}

function fromByteText(bytes: string): Uint8Array {
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0))
}
