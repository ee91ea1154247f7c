import { own } from './own.js'
import { type Body, isReplayable } from './body.js'
import { InvalidRedirectError } from './errors.js'
import { staysHome } from './home.js'
import { leaveHome } from './leave-home.js'
import { parseUrl } from './parse-url.js'
import type { PreparedRequest } from './prepared-request.js'
import { type SessionResponse, withFragment } from './session-response.js'

/** Fetch, "redirect status": https://fetch.spec.whatwg.org/#redirect-status */
const REDIRECTS = [301, 302, 303, 307, 308]
/** What describes a body, and goes when the body goes. */
const BODY_HEADERS = [
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Location',
  'Content-Type',
]

/** https://w3c.github.io/webappsec-referrer-policy/#referrer-policies, but for the empty one. */
export const REFERRER_POLICIES: readonly string[] = [
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
] satisfies ReferrerPolicy[]

/** Whether a response has a redirect's status. */
export function isRedirect({ status }: { readonly status: number }): boolean {
  return REDIRECTS.includes(status)
}

/**
 * The request that a redirect asks for, or `null` where the response is no redirect or names no target.
 *
 * @param mayCarryBody Whether a body may go to a URL of another origin.
 * @throws InvalidRedirectError when that request must not be sent
 */
export function redirectedRequest(
  request: PreparedRequest,
  response: SessionResponse,
  mayCarryBody: (url: URL) => boolean,
): PreparedRequest | null {
  const location = isRedirect(response) ? response.leadsTo() : null
  if (location === null) return null
  const to = resolveLocation(location, request)
  const method = redirectedMethod(response.status, request.method)
  const next = request.copy({ method, url: withFragment(to.href, request.url), movedFrom: null })
  if (next.method !== request.method) dropBody(next)
  const policy = referrerPolicyOf(response.headers)
  if (policy !== undefined) next.referrerPolicy = policy
  return permittedHop(request, next, mayCarryBody)
}

/**
 * The next request as it may be sent: without what must not leave home.
 *
 * @param hasLeft Whether that was left behind already; what is there now is meant for there.
 * @throws InvalidRedirectError when its body must not go there, or cannot be sent again
 */
export function permittedHop(
  request: PreparedRequest,
  next: PreparedRequest,
  mayCarryBody: (url: URL) => boolean,
  hasLeft: boolean = false,
): PreparedRequest {
  const to = new URL(next.url)
  const home = staysHome(new URL(request.url), to)
  const isAllowed = home || mayCarryBody(to)
  if (next.body !== null) checkBody(request, next.body, isAllowed)
  if (!isAllowed && next.credentials === 'same-origin') next.credentials = 'omit'
  return home || hasLeft ? next : leaveHome(next)
}

/** Fetch, HTTP-redirect fetch, step 12: POST becomes GET after 301 and 302, all but GET and HEAD after 303. */
function redirectedMethod(status: number, method: string): string {
  if ((status === 301 || status === 302) && method === 'POST') return 'GET'
  return status === 303 && method !== 'HEAD' ? 'GET' : method
}

/** Referrer Policy, "set request's referrer policy on redirect": the last token that is a policy. */
function referrerPolicyOf(headers: Headers): ReferrerPolicy | undefined {
  const tokens =
    headers
      .get('Referrer-Policy')
      ?.toLowerCase()
      .split(/[\s,]+/) ?? []
  return tokens.findLast((token): token is ReferrerPolicy => REFERRER_POLICIES.includes(token))
}

function dropBody(request: PreparedRequest): void {
  request.body = null
  for (const name of BODY_HEADERS) request.headers.delete(name)
}

function resolveLocation(location: string, request: PreparedRequest): URL {
  const url = parseUrl(decodeUtf8(location), request.url)
  if (url === null) throw new InvalidRedirectError('The server redirected to what is not a URL', { request })
  if (!/^https?:$/.test(url.protocol)) {
    throw new InvalidRedirectError(
      `The server redirected to a ${url.protocol} URL; only http and https are followed`,
      {
        request,
      },
    )
  }
  url.username = ''
  url.password = ''
  return url
}

/** A header arrives as latin-1; servers that do not escape their URLs mean UTF-8. */
function decodeUtf8(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text)) return text
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
  try {
    return new TextDecoder('utf-8', own({ fatal: true })).decode(bytes)
  } catch {
    return text
  }
}

function checkBody(request: PreparedRequest, body: Body, allowed: boolean): void {
  if (!allowed) {
    throw new InvalidRedirectError(
      'The server redirected the body of this request to another origin; name that origin in `origins` to allow it',
      { request },
    )
  }
  if (!isReplayable(body)) {
    throw new InvalidRedirectError(
      'The server redirected a request whose body is a stream and cannot be sent again',
      {
        request,
      },
    )
  }
}
