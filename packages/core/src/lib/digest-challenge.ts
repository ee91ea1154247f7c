import { type DigestAlgorithm, digestAlgorithm } from './digest-algorithm.js'
import { type Challenge, parseChallenges } from './www-authenticate.js'

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
