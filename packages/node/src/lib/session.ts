import { Session as CoreSession, InvalidRequestError, type SessionOptions, own } from '@session-fetch/core'
import type { Dispatcher } from 'undici'
import type { PoolStats } from './connection-pool.js'
import { JarCookies } from './cookies.js'
import type { NodeAgent } from './cross-fetch-transport.js'
import type { JarSource } from './jar-source.js'
import type { NetworkOptions } from './network-options.js'
import { NODE_OPTIONS, type NodePlatform, nodePlatform, nodeTransport } from './platform.js'

export interface NodeSessionOptions extends SessionOptions, NetworkOptions {
  /**
   * Where to keep cookies: any tough-cookie jar or store, synchronous or not, a `FileCookieJar`, or the `cookies`
   * of another session, to share them. Default: a jar of its own.
   */
  jar?: JarSource | JarCookies | undefined
  /**
   * What opens connections: an `http.Agent` (then requests go over Node's own `http`), one per scheme, or an
   * undici `Dispatcher`. It stays yours: `close()` does not touch it. Default: connections of our own.
   */
  agent?: NodeAgent | Dispatcher | undefined
}

/** A session that owns its cookies, in a tough-cookie jar, and its connections. */
export class Session extends CoreSession {
  declare readonly cookies: JarCookies
  declare extend: (options?: SessionOptions) => Session
  declare fork: (options?: SessionOptions & { jar?: 'copy' | 'empty' }) => Session

  readonly #stats: () => PoolStats

  /** @param platform For `extend` and `fork`, which share connections. */
  constructor(options: NodeSessionOptions = {}, platform: NodePlatform = newPlatform(own(options))) {
    super(options, platform)
    platform.cookies.defaultUrl = () => this.baseUrl
    this.#stats = platform.stats
  }

  /**
   * What the session's connections are doing, and what they have done so far.
   *
   * @throws UnsupportedError where an `agent` holds them
   */
  stats(): PoolStats {
    return this.#stats()
  }

  /** Saves the cookies, too, where they came from a file. */
  override async close(): Promise<void> {
    await super.close()
    await this.cookies.flush()
  }

  protected override spawn(options: SessionOptions, platform: NodePlatform): Session {
    const strange = NODE_OPTIONS.find((name) => name in options)
    if (strange === undefined) return new Session(options, platform)
    throw new InvalidRequestError(
      `${strange}: a session made by extend() or fork() shares those of its parent`,
    )
  }
}

function newPlatform({ jar, ...given }: NodeSessionOptions): NodePlatform {
  return nodePlatform(nodeTransport(given), new JarCookies(jar))
}
