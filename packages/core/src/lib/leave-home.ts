import type { PreparedRequest, RequestSettings } from './prepared-request.js'

/** What may travel to another home: nothing that says who is asking. */
const TRAVELS = /^(?:accept(?:-.*)?|user-agent|range|if-.*|cache-control)$/
const TRAVELS_WITH_BODY = /^content-(?:type|language|encoding|length)$/

/**
 * A request as it may go to an origin that is not its home: without credentials, call cookies and any header
 * that is not on the list. What is dropped here never returns in the chain, for its settings are gone too.
 */
export function leaveHome(request: PreparedRequest): PreparedRequest {
  const kept = [...request.headers].filter(
    ([name]) => TRAVELS.test(name) || (request.body !== null && TRAVELS_WITH_BODY.test(name)),
  )
  return request.copy({ headers: new Headers(kept), settings: withoutCredentials(request.settings) })
}

/** Neither `auth`, whoever gave it, nor the call's own cookies. */
export function withoutCredentials(settings: RequestSettings): RequestSettings {
  return { ...settings, auth: null, cookies: '' }
}
