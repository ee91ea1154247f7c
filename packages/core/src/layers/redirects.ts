import type { Call, Caller } from '../call/call.js'
import { runRedirectHooks } from '../call/hooks.js'
import type { Send } from '../call/transport.js'
import { InvalidRedirectError, SessionError } from '../model/errors.js'
import { type SessionOrigins, stripCredentials, isSameOriginOrUpgrade } from '../request/origins.js'
import { type Body, type PreparedRequest, isReplayable } from '../request/prepared-request.js'
import { REFERRER_POLICIES } from '../request/request-init.js'
import { originOf, parseUrl, withFragment } from '../request/url.js'
import type { SessionResponse } from '../response/session-response.js'
import { checkRequest } from '../call/prepare.js'
import { own } from '../model/own.js'

/**
 * More hops than `maxRedirects`. `response` is the last redirect, `response.history` the previous ones.
 *
 * @example
 * await session.get('loop', { maxRedirects: 5 }).catch((error) => {
 *   if (!(error instanceof TooManyRedirectsError)) throw error
 *   console.log(error.response.history.map(({ url }) => url))
 * })
 */
export class TooManyRedirectsError extends SessionError {
  override readonly name: string = 'TooManyRedirectsError'
  declare readonly response: SessionResponse
  protected static override readonly phase = 'redirect'
}

/** Sends a request, and follows redirects until a response is not one. */
export function followRedirects(send: Send, call: Call): Send {
  return async (first) => {
    const mode = first.redirect ?? 'follow'
    const history: SessionResponse[] = []
    let request = scopeCredentials(first, call)
    for (let hops = 0; ; hops += 1) {
      const response = await sendManually(send, request)
      if (history.length > 0) response.describe({ history: [...history, ...response.history] })
      if (!isRedirect(response)) return response
      const next = await nextRequest(call, response, { mode, hops })
      if (next === null) return response
      await response.discard()
      history.push(...response.history.slice(history.length), response)
      request = next
    }
  }
}

/** `'same-origin'` applies to the session's origins; a call to another origin omits credentials in all hops. */
function scopeCredentials(request: PreparedRequest, { caller }: Call): PreparedRequest {
  const isCrossOrigin =
    request.credentials === 'same-origin' && caller.session?.home.has(new URL(request.url)) === false
  return isCrossOrigin ? request.copy({ credentials: 'omit' }) : request
}

/**
 * Sends with `redirect: 'manual'`, because the session follows redirects itself; restores the member afterwards.
 */
async function sendManually(send: Send, request: PreparedRequest): Promise<SessionResponse> {
  const { redirect } = request
  request.redirect = 'manual'
  try {
    const response = await send(request)
    response.request.redirect = redirect // may be a copy, made by a retry
    return response
  } finally {
    request.redirect = redirect
  }
}

interface Hop {
  mode: RequestRedirect
  /** Redirects followed so far. */
  hops: number
}

/** The next request, or `null` if this response is final. Discards the response if the hop is refused. */
async function nextRequest(call: Call, response: SessionResponse, hop: Hop): Promise<PreparedRequest | null> {
  try {
    if (hop.mode === 'error' && isRedirect(response)) throw redirectError(response)
    const next = redirectedRequest(response.request, response, mayResendBody(call))
    if (next === null) return null
    if (response.request.mode === 'same-origin') checkOrigin(response.request, next)
    if (hop.mode !== 'manual') return await checkedHop(call, response, { ...hop, next })
    response.describe({ next })
    return null
  } catch (error) {
    if (hop.mode === 'manual') return null
    await response.discard()
    throw error
  }
}

function redirectError({ request }: SessionResponse): InvalidRedirectError {
  return new InvalidRedirectError("The server redirected, and redirect is 'error'", { request })
}

/** @throws InvalidRedirectError for a cross-origin hop with `mode: 'same-origin'`, as in fetch */
function checkOrigin(request: PreparedRequest, next: PreparedRequest): void {
  if (originOf(request.url) !== originOf(next.url))
    throw new InvalidRedirectError("The server redirected to another origin, and mode is 'same-origin'", {
      request,
    })
}

/** The next hop, unless the limit or a hook prevents it. */
async function checkedHop(
  call: Call,
  response: SessionResponse,
  { hops, next }: Hop & { next: PreparedRequest },
): Promise<PreparedRequest | null> {
  const { request } = response
  const { maxRedirects, hooks } = request.settings
  if (hops >= maxRedirects) {
    throw new TooManyRedirectsError(`More than ${maxRedirects} redirects`, { request, response })
  }
  const { caller, settings } = call
  checkTransport(caller, request, next)
  if (hooks.redirect.length === 0) return next
  const { url } = next
  const state = { session: caller.session, settings, request, response, next }
  const edited = await runRedirectHooks(state, caller.platform.checks)
  if (edited === null) {
    response.describe({ next })
    return null
  }
  checkRequest(edited, caller.platform)
  return scopedToOrigin(request, edited, mayResendBody(call), edited.url === url)
}

/**
 * @throws InvalidRedirectError if a server redirects to a transport that accepts no redirects from other
 *   transports, such as a Unix socket
 */
function checkTransport(caller: Caller, request: PreparedRequest, next: PreparedRequest): void {
  const transport = caller.transportFor(next.url)
  if (transport.takesRedirects !== false || transport === caller.transportFor(request.url)) return
  throw new InvalidRedirectError(
    'The server redirected to a transport that takes no redirects; request it directly',
    { request },
  )
}

/** Returns whether a redirect to another origin may resend the body there: to the session's origins. */
function mayResendBody({ caller }: Call): (url: URL) => boolean {
  const { home } = caller.session ?? own<{ home?: SessionOrigins }>({})
  return (url) => (home?.named && home.has(url)) ?? false
}

/** Fetch, "redirect status": https://fetch.spec.whatwg.org/#redirect-status */
const REDIRECTS = [301, 302, 303, 307, 308]
/** Headers that describe a body, removed together with it. */
const BODY_HEADERS = [
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Location',
  'Content-Type',
]

/** Whether a response has a redirect's status. */
function isRedirect({ status }: { readonly status: number }): boolean {
  return REDIRECTS.includes(status)
}

/**
 * The request that follows a redirect, or `null` if the response is not a redirect or has no target.
 *
 * @param mayResendBody Whether a body may be sent to a URL of another origin.
 * @throws InvalidRedirectError if that request must not be sent
 */
export function redirectedRequest(
  request: PreparedRequest,
  response: SessionResponse,
  mayResendBody: (url: URL) => boolean,
): PreparedRequest | null {
  const location = isRedirect(response) ? response.leadsTo() : null
  if (location === null) return null
  const to = resolveLocation(location, request)
  const method = redirectedMethod(response.status, request.method)
  const next = request.copy({ method, url: withFragment(to.href, request.url), movedFrom: null })
  if (next.method !== request.method) dropBody(next)
  const policy = referrerPolicyOf(response.headers)
  if (policy !== undefined) next.referrerPolicy = policy
  return scopedToOrigin(request, next, mayResendBody)
}

/**
 * Strips from the next request what must not be sent to its origin.
 *
 * @param isStripped Whether credentials were already stripped for this target.
 * @throws InvalidRedirectError if the body must not be sent there, or cannot be replayed
 */
function scopedToOrigin(
  request: PreparedRequest,
  next: PreparedRequest,
  mayResendBody: (url: URL) => boolean,
  isStripped: boolean = false,
): PreparedRequest {
  const to = new URL(next.url)
  const isSame = isSameOriginOrUpgrade(new URL(request.url), to)
  const isAllowed = isSame || mayResendBody(to)
  if (next.body !== null) checkBody(request, next.body, isAllowed)
  if (!isAllowed && next.credentials === 'same-origin') next.credentials = 'omit'
  return isSame || isStripped ? next : stripCredentials(next)
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
  if (url === null) throw new InvalidRedirectError('The server redirected to an invalid URL', { request })
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

/** Headers arrive as latin-1; servers that do not escape URLs send UTF-8. */
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
      'The server redirected the body to another origin; to allow it, add that origin to `origins`',
      { request },
    )
  }
  if (!isReplayable(body)) {
    throw new InvalidRedirectError(
      'The server redirected, but a stream cannot be sent again; send text or bytes',
      {
        request,
      },
    )
  }
}
