import { InvalidRequestError } from '../model/errors.js'
import { originOf } from '../model/url.js'
import type { AuthFlow, PreparedRequest } from '../request/prepared-request.js'
import type { SessionResponse } from '../response/session-response.js'
import { isChallenged } from './challenge.js'
import { type DigestChallenge, digestChallenge, toByteText } from './digest-challenge.js'
import { type DigestNonce, DigestNonces } from './digest-nonces.js'

/**
 * Digest authentication (RFC 7616) with MD5, SHA-256, SHA-512-256 and SHA-512, each also as `-sess`. The
 * strongest that a server offers is taken. The first request to an origin goes out bare and is answered with
 * a challenge; those after it are signed at once, with the same nonce.
 *
 * Any other challenge stays unanswered, and its 401 is the response: Basic above all, which would give the
 * password away, and Digest for `qop="auth-int"` alone. In a page, other origins must expose
 * `WWW-Authenticate` to scripts, and the browser may ask its user before this code sees a challenge.
 *
 * @throws InvalidRequestError when either is not text
 * @example new Session({ auth: digest('me', 'my password') })
 */
export function digest(user: string, password: string): AuthFlow {
  if (typeof user !== 'string' || typeof password !== 'string') {
    throw new InvalidRequestError('Digest auth needs a user and a password, both text')
  }
  const nonces = new DigestNonces({ user: toByteText(user), password: toByteText(password) })
  return {
    *authenticate(request): Generator<PreparedRequest, void, SessionResponse> {
      const origin = originOf(request.url)
      let nonce = nonces.latest(origin)
      for (let answers = 0; ; answers += 1) {
        const response = yield signed(request, nonce)
        if (!isChallenged(request, response)) return
        const challenge = digestChallenge(response.headers.get('WWW-Authenticate'))
        if (challenge === null || !mayAnswer(challenge, answers, nonce)) return
        nonce = nonces.answer(origin, challenge)
      }
    },
  }
}

/** A request answers one challenge, and one more where only the nonce of its answer was too old. */
function mayAnswer(challenge: DigestChallenge, answers: number, used: DigestNonce | null): boolean {
  return answers === 0 || (answers === 1 && challenge.stale && challenge.nonce !== used?.challenge.nonce)
}

function signed(request: PreparedRequest, nonce: DigestNonce | null): PreparedRequest {
  const copy = request.copy()
  if (nonce === null) copy.headers.delete('Authorization')
  else copy.headers.set('Authorization', nonce.authorization(copy))
  return copy
}
