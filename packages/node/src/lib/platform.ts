import {
  InvalidRequestError,
  type Platform,
  type PreparedRequest,
  type Transport,
  UnsupportedError,
  authenticate,
  cookiePairs,
  encodeMultipart,
  followRedirects,
  isEngineOption,
  refuseFraming,
  replayableBody,
  retry,
  suggestNearest,
  withCookies,
  withDownloadProgress,
} from '@session-fetch/core'
import { nodeCapabilities } from './capabilities.js'
import { nodeClock } from './clock.js'
import { JarCookies } from './cookies/cookies.js'
import { CrossFetchTransport, type NodeAgent } from './cross-fetch-transport.js'
import type { PoolStats } from './http1/connection-pool.js'
import { limitAttempts } from './limit-attempts.js'
import { NETWORK_OPTIONS, type NetworkOptions } from './network/network-options.js'
import { type LimitOptions, checkResponseSize } from './http/response-limits.js'
import { heedFailure } from './http/heed-failure.js'
import { ListedHeaders } from './http/listed-headers.js'
import { placeBelow } from './network/url-parts.js'
import { refuseSpent } from './http/refuse-spent.js'
import { PooledTransport } from './transport.js'
import type { Dispatcher } from './http/dispatcher.js'
import { withUploadProgress } from './http/with-upload-progress.js'

/** The options that only a Node session takes, and that those made from it share with it. */
export const NODE_OPTIONS: readonly string[] = ['jar', 'agent', 'limits', ...NETWORK_OPTIONS]

/** What a Node session says of itself unless told otherwise; as `Accept*` and `User-Agent` they go anywhere. */
const HEADERS: Headers = new ListedHeaders({
  Accept: '*/*',
  'Accept-Encoding': 'gzip, deflate, br',
  'User-Agent': 'session-fetch/0.1.0',
})

/** A platform whose cookies are in a jar. */
export type NodePlatform = Platform & {
  readonly cookies: JarCookies
  /** What the connections are doing. */
  readonly stats: () => PoolStats
}

/** What carries a session's requests unless something is mounted for them. */
export interface NodeTransport extends Transport {
  stats?(): PoolStats
  /**
   * Whether it sees to `timeout.headers` itself, from when a connection carries the request. Where nobody can tell
   * when that is, the limit runs from the attempt's start.
   */
  readonly limitsHeaders?: boolean
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
    isEngineOption,
    check(request) {
      refuseFraming(request)
      checkResponseSize(request)
      checkRedirect(request)
      refuseSpent(request)
      heedFailure(request.body)
    },
    multipart: encodeMultipart,
    callCookies: cookiePairs,
    bodyOf: replayableBody,
    below: placeBelow,
    nest: (send, call) => {
      const timed = limitAttempts(withUploadProgress(send, call), call)
      const attempt = authenticate(withCookies(timed, cookies), call)
      return withDownloadProgress(followRedirects(retry(attempt, call), call), call)
    },
  }
}

/** What every engine's own `Request` refuses; in Node there is none. */
const REDIRECT_MODES: readonly unknown[] = ['follow', 'error', 'manual', undefined]

function checkRedirect({ redirect }: PreparedRequest): void {
  if (REDIRECT_MODES.includes(redirect)) return
  throw new InvalidRequestError("redirect must be 'follow', 'error' or 'manual'")
}

function statsOf(transport: NodeTransport): PoolStats {
  if (transport.stats) return transport.stats()
  throw new UnsupportedError("stats: the connections of this session are its agent's")
}

export interface NodeTransportOptions extends NetworkOptions {
  agent?: NodeAgent | Dispatcher | undefined
  limits?: LimitOptions | undefined
}

/**
 * Node's own agents are served by Node's own `http`; a dispatcher of undici's by itself, and no agent by
 * sockets of our own.
 *
 * @throws InvalidRequestError for an agent together with what would change connections of our own
 */
export function nodeTransport({ agent, limits, ...network }: NodeTransportOptions): NodeTransport {
  if (agent === undefined) return new PooledTransport({ ...network, limits })
  const settings = network as Record<string, unknown>
  const idle = NETWORK_OPTIONS.find((name) => name !== 'trustEnv' && settings[name] !== undefined)
  if (idle !== undefined) throw new InvalidRequestError(`${idle}: with an agent, connections are the agent's`)
  return 'dispatch' in agent ? withDispatcher(agent, limits) : new CrossFetchTransport(agent, limits)
}

/** A dispatcher's connections are not ours to count; and some say only with the answer that a request has begun. */
function withDispatcher(dispatcher: Dispatcher, limits: LimitOptions | undefined): NodeTransport {
  const transport = new PooledTransport({ dispatcher, limits })
  return { send: (request) => transport.send(request) }
}
