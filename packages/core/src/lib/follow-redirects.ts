import type { Call } from './call.js'
import type { Caller } from './caller.js'
import { checkRequest } from './check-request.js'
import { InvalidRedirectError, TooManyRedirectsError } from './errors.js'
import { runRedirectHooks } from './hooks.js'
import { originOf } from './origin-of.js'
import type { PreparedRequest } from './prepared-request.js'
import { isRedirect, permittedHop, redirectedRequest } from './redirected-request.js'
import type { Send } from './send.js'
import type { SessionResponse } from './session-response.js'

/** Sends a request, then the requests that redirects ask for, until a response is none. */
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

/** `'same-origin'` includes credentials at home; a call that begins elsewhere omits them in all its hops. */
function scopeCredentials(request: PreparedRequest, { caller }: Call): PreparedRequest {
  const isAway = request.credentials === 'same-origin' && caller.isHome?.(new URL(request.url)) === false
  return isAway ? request.copy({ credentials: 'omit' }) : request
}

/** Each hop is the session's to follow, whatever the transport would do; the request says afterwards what it said. */
async function sendManually(send: Send, request: PreparedRequest): Promise<SessionResponse> {
  const said = request.redirect
  request.redirect = 'manual'
  try {
    const response = await send(request)
    response.request.redirect = said // it may be a copy: what a retry sends elsewhere is one
    return response
  } finally {
    request.redirect = said
  }
}

interface Hop {
  mode: RequestRedirect
  /** The redirects followed so far. */
  hops: number
}

/** The request to send next, or `null` when this response is the answer. A refused hop lets the response go. */
async function nextRequest(call: Call, response: SessionResponse, hop: Hop): Promise<PreparedRequest | null> {
  try {
    if (hop.mode === 'error' && isRedirect(response)) throw refused(response)
    const next = redirectedRequest(response.request, response, mayCarryBody(call))
    if (next === null) return null
    if (response.request.mode === 'same-origin') checkOrigin(response.request, next)
    if (hop.mode !== 'manual') return await permitted(call, response, { ...hop, next })
    response.describe({ next })
    return null
  } catch (error) {
    if (hop.mode === 'manual') return null
    await response.discard()
    throw error
  }
}

function refused({ request }: SessionResponse): InvalidRedirectError {
  return new InvalidRedirectError("The server redirected, and redirect is 'error'", { request })
}

/** @throws InvalidRedirectError for a hop that fetch does not follow either: the request is for one origin alone */
function checkOrigin(request: PreparedRequest, next: PreparedRequest): void {
  if (originOf(request.url) !== originOf(next.url))
    throw new InvalidRedirectError("The server redirected to another origin, and mode is 'same-origin'", {
      request,
    })
}

/** The next hop, unless the limit or a hook forbids it. */
async function permitted(
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
  checkWay(caller, request, next)
  if (hooks.redirect.length === 0) return next
  const { url } = next
  const state = { session: caller.session, settings, request, response, next }
  const edited = await runRedirectHooks(state)
  if (edited === null) {
    response.describe({ next })
    return null
  }
  checkRequest(edited, caller.platform)
  return permittedHop(request, edited, mayCarryBody(call), edited.url === url)
}

/** @throws InvalidRedirectError where a server would have the session ask what only its owner may */
function checkWay(caller: Caller, request: PreparedRequest, next: PreparedRequest): void {
  const way = caller.transportFor(next.url)
  if (way.takesRedirects !== false || way === caller.transportFor(request.url)) return
  throw new InvalidRedirectError('The server redirected to what takes no redirects from elsewhere', {
    request,
  })
}

function mayCarryBody({ caller }: Call): (url: URL) => boolean {
  return (url) => caller.mayCarryBody?.(url) ?? false
}
