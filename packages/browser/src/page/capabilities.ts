import { type Capabilities, type PreparedRequest, UnsupportedError } from '@session-fetch/core'
import { isReplayable, own } from '@session-fetch/core/adapter'

/** What a browser leaves to a session, which is little: the rest it does by itself, and unseen. */
export const browserCapabilities: Capabilities = /* @__PURE__ */ Object.freeze({
  jar: false,
  callCookies: false,
  history: false,
  redirectLimit: false,
  forbiddenHeaders: false,
  connectTimeout: false,
  streamingUploads: sendsStreams(),
  progress: false,
  limits: false,
  agent: false,
  connections: false,
  keepAlive: false,
  http2: false,
  tls: false,
  proxy: false,
  lookup: false,
  localAddress: false,
  guard: false,
})

/** Fetch, HTTP-redirect fetch, step 6: what a browser follows, no more and no fewer. */
const BROWSER_REDIRECTS = 20

/** @throws UnsupportedError naming what was asked for that a page cannot do */
export function refuseUnsupported(request: PreparedRequest): void {
  const { settings, body } = request
  if (!isReplayable(body) && !(sendsStreams() && body instanceof ReadableStream))
    throw unsupported('body: a stream', request) // it would be sent as "[object ReadableStream]"
  if (settings.unsupported === 'ignore') return
  const asked =
    (settings.cookies && 'cookies') ||
    (settings.maxRedirects !== BROWSER_REDIRECTS && 'maxRedirects') ||
    (request.maxResponseSize != null && 'maxResponseSize') ||
    (settings.timeouts?.body && 'timeout.body') || // no limit is 0
    (settings.timeouts?.connect && 'timeout.connect') ||
    (settings.hooks.redirect.length > 0 && 'hooks.redirect') ||
    (request.redirect === 'manual' && "redirect: 'manual'") ||
    forbiddenHeader(request)
  if (asked) throw unsupported(asked, request)
}

/** The first header that this engine would drop in silence: https://fetch.spec.whatwg.org/#forbidden-request-header */
function forbiddenHeader({ url, headers }: PreparedRequest): string | undefined {
  const sent = new Request(url, own({ headers })).headers
  return Array.from(headers.keys()).find((name) => !sent.has(name))
}

export function unsupported(what: string, request?: PreparedRequest): UnsupportedError {
  return new UnsupportedError(`${what}: not in a browser, see docs/capabilities.md`, { request })
}

/** Fetch, "duplex": a getter that the engines have which send streams, and no other. */
function sendsStreams(): boolean {
  return 'duplex' in Request.prototype
}
