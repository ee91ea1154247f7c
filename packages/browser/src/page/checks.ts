// Part of the development build; the default build has no-checks.ts instead of this module.
import type { CallOptions, Capabilities, PreparedRequest } from '@session-fetch/core'
import { type CallChecks, type Checks, callChecks, checks, own } from '@session-fetch/core/adapter'
import { browserCapabilities, unsupported } from './capabilities.js'

/** Checks of a functional call on every platform, and of a session. */
export const ofCalls: CallChecks | undefined = callChecks
export const ofSessions: Checks | undefined = checks

/** Options of sessions in browsers only, and `trustEnv`, which is ignored because a page has no environment variables. */
export const options: readonly string[] = ['cookies', 'abortOnPageHide', 'trustEnv']

/** The names of a call's cookies; their values are not needed, because the option is rejected. */
export function callCookies(cookies: CallOptions['cookies']): string {
  return Object.keys(cookies ?? {}).join()
}

/**
 * Removes options that exist in Node only: those that are `null`, and with `unsupported: 'ignore'` all of them.
 *
 * @throws UnsupportedError naming the first one that is left
 */
export function dropNodeOptions(options: { unsupported?: 'error' | 'ignore' | undefined }): void {
  for (const [name, value] of Object.entries(options)) {
    const can: boolean | undefined = browserCapabilities[name as keyof Capabilities] // most names are not capabilities
    if (can ?? true) continue
    if (value != null && options.unsupported !== 'ignore') throw unsupported(name)
    Reflect.deleteProperty(options, name)
  }
}

/** The number of redirects that a browser follows (Fetch, HTTP-redirect fetch, step 6). */
const BROWSER_REDIRECTS = 20

/** @throws UnsupportedError naming an option that a page cannot support */
export function refuseUnsupported(request: PreparedRequest): void {
  const { settings } = request
  if (settings.unsupported === 'ignore') return
  const option =
    (settings.cookies && 'cookies') ||
    (settings.maxRedirects !== BROWSER_REDIRECTS && 'maxRedirects') ||
    (request.maxResponseSize != null && 'maxResponseSize') ||
    (settings.timeouts?.body && 'timeout.body') || // no limit is 0
    (settings.timeouts?.connect && 'timeout.connect') ||
    (settings.hooks.redirect.length > 0 && 'hooks.redirect') ||
    (request.redirect === 'manual' && "redirect: 'manual'") ||
    forbiddenHeader(request)
  if (option) throw unsupported(option, request)
}

/** The first header that the browser would remove silently: https://fetch.spec.whatwg.org/#forbidden-request-header */
function forbiddenHeader({ url, headers }: PreparedRequest): string | undefined {
  const sent = new Request(url, own({ headers })).headers
  return Array.from(headers.keys()).find((name) => !sent.has(name))
}

/** @throws UnsupportedError for a request with a listener that fetch cannot call */
export function refuseProgress(request: PreparedRequest): void {
  if ((request.onUploadProgress ?? request.onDownloadProgress) && request.settings.unsupported !== 'ignore')
    throw unsupported('progress without xhrTransport()', request)
}

/** Mentions CORS in errors that it may have caused; scripts cannot read the cause. `explainCors` gives details. */
export function explain({ url, credentials }: PreparedRequest): string | undefined {
  if (url.startsWith(`${globalThis.location?.origin}/`)) return undefined
  const include = credentials === 'include' ? " with credentials: 'include' (try 'same-origin')" : ''
  return `No response, or blocked by CORS${include}; see explainCors`
}
