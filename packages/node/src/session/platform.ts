import { InvalidRequestError, type PreparedRequest, type Send, UnsupportedError } from '@session-fetch/core'
import {
  type Platform,
  authenticate,
  cookiePairs,
  followRedirects,
  refuseFraming,
  replayableBody,
  retry,
  suggestNearest,
  withCookies,
  withDownloadProgress,
} from '@session-fetch/core/adapter'
import manifest from '../../package.json' with { type: 'json' }
import { nodeClock } from '../base/io.js'
import { resolveBelow } from '../base/url-parts.js'
import { checkResponseSize } from '../bodies/limits.js'
import { requestHeaders } from '../bodies/header-list.js'
import { multipartBody } from '../bodies/multipart.js'
import { assertReadable } from '../bodies/outgoing-body.js'
import { checkInit } from '../bodies/request-init.js'
import { ignoreStreamErrors } from '../bodies/stream-chunks.js'
import { withUploadProgress } from '../bodies/upload-progress.js'
import { NETWORK_OPTIONS } from '../connect/network-options.js'
import { JarCookies } from '../cookies/cookies.js'
import type { PoolStats } from '../http1/connection-pool.js'
import { type NodeTransport, withHeadersTimeout } from '../transports/choose-transport.js'
import { nodeCapabilities } from './capabilities.js'

/** The options that only a Node session takes, and that those made from it share with it. */
export const NODE_OPTIONS: readonly string[] = ['jar', 'agent', 'limits', ...NETWORK_OPTIONS]

/** What a Node session says of itself unless told otherwise; as `Accept*` and `User-Agent` they go anywhere. */
const HEADERS: Headers = requestHeaders({
  Accept: '*/*',
  'Accept-Encoding': 'gzip, deflate, br',
  'User-Agent': `session-fetch/${manifest.version}`,
})

/** A platform whose cookies are in a jar. */
export type NodePlatform = Platform & {
  readonly cookies: JarCookies
  /** What the connections are doing. */
  readonly stats: () => PoolStats
}

/** Node sees every hop, so a session here follows redirects and keeps cookies itself. */
export function nodePlatform(transport: NodeTransport, cookies: JarCookies): NodePlatform {
  const stats = (): PoolStats => statsOf(transport)
  const { limitsHeaders = false } = transport
  const borrowed: NodeTransport = { send: (request) => transport.send(request), stats, limitsHeaders }
  return {
    transport,
    cookies,
    stats,
    share: () => nodePlatform(borrowed, new JarCookies(cookies)),
    fork: (copyCookies) => nodePlatform(borrowed, copyCookies ? cookies.copy() : new JarCookies()),
    capabilities: nodeCapabilities,
    clock: nodeClock,
    headers: HEADERS,
    options: NODE_OPTIONS,
    suggest: suggestNearest,
    check(request) {
      refuseFraming(request)
      refuseProxyCredentials(request)
      checkResponseSize(request)
      checkInit(request)
      checkSettings(request)
      assertReadable(request)
      ignoreStreamErrors(request.body)
    },
    multipart: multipartBody,
    callCookies: cookiePairs,
    bodyOf: replayableBody,
    below: resolveBelow,
    nest: (send, call) => {
      const timed = withHeadersTimeout(withUploadProgress(send, call), call)
      const bare = withCookies(timed, cookies)
      const signed = authenticate(bare, call)
      const attempt: Send = (request) => (request.credentials === 'omit' ? bare : signed)(request)
      return withDownloadProgress(followRedirects(retry(attempt, call), call), call)
    },
  }
}

/** @throws InvalidRequestError for credentials of a proxy among the headers: whichever way it goes, an origin may see them */
function refuseProxyCredentials(request: PreparedRequest): void {
  if (!request.headers.has('Proxy-Authorization')) return
  const what = "The header Proxy-Authorization is not the origin's; put credentials in the proxy's URL"
  throw new InvalidRequestError(what, { request })
}

/** What TypeScript would refuse. */
function checkSettings({ headers, settings }: PreparedRequest): void {
  const strange = Object.keys(headers)[0]
  if (strange !== undefined)
    throw new InvalidRequestError(
      `headers["${strange.slice(0, 40)}"] means nothing; write headers.set(name, value)`,
    )
  const how = typeof (settings.throwHttpErrors ?? false)
  if (how !== 'boolean' && how !== 'function')
    throw new InvalidRequestError('throwHttpErrors must be true, false or a function')
}

function statsOf(transport: NodeTransport): PoolStats {
  if (transport.stats) return transport.stats()
  throw new UnsupportedError("stats: the connections of this session are its agent's")
}
