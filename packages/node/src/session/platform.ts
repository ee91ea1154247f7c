import {
  type Capabilities,
  InvalidRequestError,
  type PreparedRequest,
  type Send,
  UnsupportedError,
} from '@session-fetch/core'
import {
  Cancellation,
  type Defaults,
  InFlight,
  type PlainSettings,
  type Platform,
  authenticate,
  checkAnswer,
  checkInit,
  cookiePairs,
  followRedirects,
  own,
  refuseFraming,
  replayableBody,
  retry,
  suggestNearest,
  unshared,
  whenDone,
  withCookies,
  withDownloadProgress,
} from '@session-fetch/core/adapter'
import { JarCookies } from '@session-fetch/cookies'

import manifest from '../../package.json' with { type: 'json' }
import { nodeClock } from '../base/io.js'
import { resolveBelow } from '../base/url-parts.js'
import { checkResponseSize } from '../bodies/limits.js'
import { requestHeaders } from '../bodies/header-list.js'
import { multipartBody } from '../bodies/multipart.js'
import { assertReadable, withUploadProgress } from '../bodies/outgoing-body.js'
import { NETWORK_OPTIONS } from '../connect/network-options.js'
import type { PoolStats } from '../http1/connection-pool.js'
import type { NodeTransport } from '../transports/choose-transport.js'
import { traceCall, traceRepeats } from './call-trace.js'
import { checkEdited, nodeChecks } from './checks.js'
import { ignoreStreamErrors } from '../bodies/stream-chunks.js'

/** Options that exist in Node only. Sessions made by `extend` and `fork` share them with their parent. */
export const NODE_OPTIONS: readonly string[] = ['jar', 'agent', 'limits', ...NETWORK_OPTIONS]

/** The default headers of a Node session. They are `Accept*` and `User-Agent`, which may go to any origin. */
const HEADERS: Headers = requestHeaders({
  Accept: '*/*',
  'Accept-Encoding': 'gzip, deflate, br',
  'User-Agent': `session-fetch/${manifest.version}`,
})

/** A session in Node implements everything itself. */
const nodeCapabilities: Capabilities = Object.freeze({
  jar: true,
  callCookies: true,
  history: true,
  redirectLimit: true,
  forbiddenHeaders: true,
  connectTimeout: true,
  streamingUploads: true,
  progress: true,
  limits: true,
  agent: true,
  connections: true,
  keepAlive: true,
  http2: true,
  tls: true,
  proxy: true,
  lookup: true,
  localAddress: true,
  guard: true,
})

/** The platform of a Node session. */
export type NodePlatform = Platform & {
  readonly cookies: JarCookies
  /** The connection statistics. */
  readonly stats: (origin?: string) => PoolStats
}

/** Node sees every redirect, so the session follows them and keeps cookies itself. */
export function nodePlatform(transport: NodeTransport, cookies: JarCookies): NodePlatform {
  return platformOf({ own: transport, borrowed: undefined }, cookies)
}

/** The transport of a session, and the one that its children (`extend`, `fork`) use, which does not close it. */
interface Transports {
  readonly own: NodeTransport
  borrowed: NodeTransport | undefined
}

function borrowedOf(transports: Transports): Transports {
  const { own: transport } = transports
  const { limitsHeaders = false } = transport
  transports.borrowed ??= {
    send: (request) => transport.send(request),
    stats: (origin) => statsOf(transport, origin),
    limitsHeaders,
  }
  return { own: transports.borrowed, borrowed: transports.borrowed }
}

/** Shared by the platforms of all sessions. */
const shared = own({
  capabilities: nodeCapabilities,
  clock: nodeClock,
  trace: traceCall,
  stop: Cancellation.make,
  whenDone,
  calls: newCallGroup,
  headers: HEADERS,
  options: NODE_OPTIONS,
  checks: nodeChecks,
  suggest: suggestNearest,
  check,
  returned: checkAnswer,
  multipart: multipartBody,
  callCookies: cookiePairs,
  bodyOf: replayableBody,
  below: resolveBelow,
  plainSettings,
})

/** Shared members are inherited, because a program may have thousands of sessions. Not from `Object.prototype`. */
function platformOf(transports: Transports, cookies: JarCookies): NodePlatform {
  const platform: Omit<NodePlatform, keyof typeof shared> = {
    transport: transports.own,
    cookies,
    stats: (origin) => statsOf(transports.own, origin),
    share: () => platformOf(borrowedOf(transports), new JarCookies(cookies)),
    fork: (copyCookies) =>
      platformOf(borrowedOf(transports), copyCookies ? cookies.copy() : new JarCookies()),
    nest: (send, call) => {
      const bare = traceRepeats(call, 'challenge', withCookies(withUploadProgress(send, call), cookies))
      const signed: Send = (request) =>
        isSigned(request) ? authenticate(bare, call)(request) : bare(request)
      const attempts = retry(traceRepeats(call, 'retry', signed), call)
      return withDownloadProgress(followRedirects(traceRepeats(call, 'redirect', attempts), call), call)
    },
  }
  return Object.assign(Object.create(shared), platform) as NodePlatform
}

function newCallGroup(): InFlight {
  return new InFlight()
}

function check(request: PreparedRequest): void {
  if (request.settings.hooks.request.length > 0) checkEdited(request)
  refuseFraming(request)
  refuseProxyCredentials(request)
  checkResponseSize(request)
  checkInit(request)
  checkHeaders(request)
  assertReadable(request)
  if (request.body === null) return
  request.body = unshared(request.body) // a mounted fetch may send something else
  ignoreStreamErrors(request.body)
}

/** Whether the auth of a request applies to it. */
function isSigned({ settings, credentials }: PreparedRequest): boolean {
  return settings.auth !== null && credentials !== 'omit'
}

/** @throws InvalidRequestError for proxy credentials in the headers, since they could reach the origin */
function refuseProxyCredentials(request: PreparedRequest): void {
  if (!request.headers.has('Proxy-Authorization')) return
  const message =
    "The header Proxy-Authorization would be sent to the origin; put credentials in the proxy's URL"
  throw new InvalidRequestError(message, { request })
}

/** Members that TypeScript rejects. */
function checkHeaders({ headers }: PreparedRequest): void {
  const unknown = Object.keys(headers)[0]
  if (unknown !== undefined)
    throw new InvalidRequestError(
      `headers["${unknown.slice(0, 40)}"] is not a header; write headers.set(name, value)`,
    )
}

function statsOf(transport: NodeTransport, origin: string | undefined): PoolStats {
  if (transport.stats) return transport.stats(origin)
  throw new UnsupportedError('stats() is not available: the agent manages the connections')
}

/**
 * The plain settings of a session. Core reads them in a loop; here, each is read by a literal name, because V8 reads
 * computed names several times slower. Fast path: see decision 14.
 */
export function plainSettings(session: PlainSettings): Defaults {
  const settings: Defaults = own({})
  if (session.cache !== undefined) settings.cache = session.cache
  if (session.credentials !== undefined) settings.credentials = session.credentials
  if (session.integrity !== undefined) settings.integrity = session.integrity
  if (session.keepalive !== undefined) settings.keepalive = session.keepalive
  if (session.maxResponseSize !== undefined) settings.maxResponseSize = session.maxResponseSize
  if (session.mode !== undefined) settings.mode = session.mode
  if (session.onDownloadProgress !== undefined) settings.onDownloadProgress = session.onDownloadProgress
  if (session.onUploadProgress !== undefined) settings.onUploadProgress = session.onUploadProgress
  if (session.priority !== undefined) settings.priority = session.priority
  if (session.redirect !== undefined) settings.redirect = session.redirect
  if (session.referrer !== undefined) settings.referrer = session.referrer
  if (session.referrerPolicy !== undefined) settings.referrerPolicy = session.referrerPolicy
  if (session.timeout !== undefined) settings.timeout = session.timeout
  if (session.retry !== undefined) settings.retry = session.retry
  if (session.maxRedirects !== undefined) settings.maxRedirects = session.maxRedirects
  if (session.throwHttpErrors !== undefined) settings.throwHttpErrors = session.throwHttpErrors
  if (session.csrf !== undefined) settings.csrf = session.csrf
  return settings
}
