import { InvalidRequestError } from './model/errors.js'
import type { AuthFlow, PreparedRequest } from './request/prepared-request.js'
import { originOf } from './request/url.js'
import type { SessionResponse } from './response/session-response.js'
import { isChallenged } from './auth/challenge.js'
import {
  type DigestChallenge,
  type DigestNonce,
  DigestNonces,
  digestChallenge,
  toByteText,
} from './auth/digest-challenge.js'

/**
 * Digest authentication (RFC 7616) with MD5, SHA-256, SHA-512-256 and SHA-512, each also as `-sess`. The
 * strongest offered algorithm is used. The first request to an origin is sent without credentials and gets a
 * challenge; later ones are signed immediately with the same nonce.
 *
 * Other challenges are not answered, and their 401 is returned: Basic would reveal the password, and Digest
 * with only `qop="auth-int"` is not supported. In a browser, other origins must expose `WWW-Authenticate` to
 * scripts, and the browser may prompt the user before this code sees a challenge.
 *
 * @throws InvalidRequestError if either argument is not a string
 * @example new Session({ auth: digest('me', 'my password') })
 */
export function digest(user: string, password: string): AuthFlow {
  if (typeof user !== 'string' || typeof password !== 'string') {
    throw new InvalidRequestError('Digest auth needs a user and a password, both strings')
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

/** A request answers one challenge, and a second one if only its nonce was stale. */
function mayAnswer(challenge: DigestChallenge, answers: number, used: DigestNonce | null): boolean {
  return answers === 0 || (answers === 1 && challenge.stale && challenge.nonce !== used?.challenge.nonce)
}

function signed(request: PreparedRequest, nonce: DigestNonce | null): PreparedRequest {
  const copy = request.copy()
  if (nonce === null) copy.headers.delete('Authorization')
  else copy.headers.set('Authorization', nonce.authorization(copy))
  return copy
}
