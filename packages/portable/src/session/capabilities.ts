import {
  type Capabilities,
  InvalidRequestError,
  type PreparedRequest,
  UnsupportedError,
} from '@session-fetch/core'
import { sendsMethod } from '../fetch/engine.js'

/** Cookies and redirects are the session's here; connections are the platform's. */
export const portableCapabilities: Capabilities = /* @__PURE__ */ Object.freeze({
  jar: true,
  callCookies: true,
  history: true,
  redirectLimit: true,
  forbiddenHeaders: true,
  connectTimeout: false,
  streamingUploads: true,
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

/** Options that only this platform's constructor has, and `trustEnv` of shared settings: there are no proxies to read. */
export const PORTABLE_OPTIONS: readonly string[] = ['jar', 'trustEnv']

/**
 * Takes out the options of a constructor that only Node has: those that are `null`, and all of them with
 * `unsupported: 'ignore'`.
 *
 * @throws UnsupportedError naming the first of them otherwise
 */
export function dropNodeOptions(options: { unsupported?: 'error' | 'ignore' | undefined }): void {
  for (const [name, value] of Object.entries(options)) {
    const can: boolean | undefined = portableCapabilities[name as keyof Capabilities] // most names are none of them
    if (can ?? true) continue
    if (value != null && options.unsupported !== 'ignore') throw unsupported(name)
    Reflect.deleteProperty(options, name)
  }
}

/** Headers that the fetches of Node, Deno or workerd replace or leave out. */
const LOST = ['host', 'te', 'sec-fetch-mode']

/**
 * Refuses options that the platform's fetch would silently change or ignore.
 *
 * @throws InvalidRequestError for proxy credentials in the headers, since they would reach the origin
 * @throws UnsupportedError naming the option
 */
export function refuseUnsupported(request: PreparedRequest): void {
  const { headers, method, integrity, settings } = request
  if (headers.has('Proxy-Authorization'))
    throw new InvalidRequestError('The header Proxy-Authorization would be sent to the origin', { request })
  if (!sendsMethod(method)) throw unsupported(`the method ${method}`, request)
  if (integrity) throw unsupported('integrity', request) // never ignored: a body that is not verified is not returned
  if (settings.unsupported === 'ignore') return
  const asked =
    (request.maxResponseSize != null && 'maxResponseSize') ||
    (request.onUploadProgress && 'onUploadProgress') ||
    (settings.timeouts?.connect && 'timeout.connect') || // no limit is 0
    (settings.timeouts?.body && 'timeout.body') ||
    (request.cache === 'only-if-cached' && "cache: 'only-if-cached'") ||
    LOST.find((name) => headers.has(name))
  if (asked) throw unsupported(asked, request)
}

function unsupported(what: string, request?: PreparedRequest): UnsupportedError {
  return new UnsupportedError(`${what}: not over this platform's fetch, see docs/capabilities.md`, {
    request,
  })
}
