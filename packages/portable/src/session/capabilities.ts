import {
  type Capabilities,
  InvalidRequestError,
  type PreparedRequest,
  UnsupportedError,
} from '@session-fetch/core'
import { sendsMethod } from '../fetch/engine.js'

/** The session handles cookies and redirects, the platform connections. */
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

/** Options of this platform's constructor, and `trustEnv`, which is ignored because there are no proxies to read. */
export const PORTABLE_OPTIONS: readonly string[] = ['jar', 'trustEnv']

/**
 * Removes options that exist in Node only: those that are `null`, and with `unsupported: 'ignore'` all of them.
 *
 * @throws UnsupportedError naming the first one that is left
 */
export function dropNodeOptions(options: { unsupported?: 'error' | 'ignore' | undefined }): void {
  for (const [name, value] of Object.entries(options)) {
    const can: boolean | undefined = portableCapabilities[name as keyof Capabilities] // most names are not capabilities
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
 * @throws InvalidRequestError for proxy credentials in the headers, because they would be sent to the origin
 * @throws UnsupportedError naming the option
 */
export function refuseUnsupported(request: PreparedRequest): void {
  const { headers, method, integrity, settings } = request
  if (headers.has('Proxy-Authorization'))
    throw new InvalidRequestError('The header Proxy-Authorization would be sent to the origin', { request })
  if (!sendsMethod(method)) throw unsupported(`the method ${method}`, request)
  if (integrity) throw unsupported('integrity', request) // never ignored: a body that is not verified is not returned
  if (settings.unsupported === 'ignore') return
  const option =
    (request.maxResponseSize != null && 'maxResponseSize') ||
    (request.onUploadProgress && 'onUploadProgress') ||
    (settings.timeouts?.connect && 'timeout.connect') || // no limit is 0
    (settings.timeouts?.body && 'timeout.body') ||
    (request.cache === 'only-if-cached' && "cache: 'only-if-cached'") ||
    LOST.find((name) => headers.has(name))
  if (option) throw unsupported(option, request)
}

function unsupported(what: string, request?: PreparedRequest): UnsupportedError {
  return new UnsupportedError(`${what}: not over this platform's fetch, see docs/capabilities.md`, {
    request,
  })
}
