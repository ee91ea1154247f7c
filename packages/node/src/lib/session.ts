import { Session as CoreSession, InvalidRequestError, type SessionOptions, own } from '@session-fetch/core'
import type { CookieJar } from 'tough-cookie'
import type { Dispatcher } from 'undici'
import { JarCookies } from './cookies.js'
import type { NodeAgent } from './cross-fetch-transport.js'
import { type NodePlatform, nodePlatform, nodeTransport } from './platform.js'

export interface NodeSessionOptions extends SessionOptions {
  /** A tough-cookie jar to keep cookies in. Default: a new one. */
  jar?: CookieJar | undefined
  /**
   * What opens connections: an `http.Agent` (then requests go over Node's own `http`), one per scheme, or an
   * undici `Dispatcher`. It stays yours: `close()` does not touch it. Default: connections of our own.
   */
  agent?: NodeAgent | Dispatcher | undefined
  /** Connections per origin; further requests wait for a free one. Default: 128. */
  connections?: number | undefined
}

/** A session that owns its cookies, in a tough-cookie jar, and its connections. */
export class Session extends CoreSession {
  declare readonly cookies: JarCookies
  declare extend: (options?: SessionOptions) => Session
  declare fork: (options?: SessionOptions & { jar?: 'copy' | 'empty' }) => Session

  /** @param platform For `extend` and `fork`, which share connections. */
  constructor(options: NodeSessionOptions = {}, platform: NodePlatform = newPlatform(own(options))) {
    super(options, platform)
    platform.cookies.defaultUrl = () => this.baseUrl
  }

  protected override spawn(options: SessionOptions, platform: NodePlatform): Session {
    const strange = ['jar', 'agent', 'connections'].find((name) => name in options)
    if (strange === undefined) return new Session(options, platform)
    throw new InvalidRequestError(
      `${strange}: a session made by extend() or fork() shares those of its parent`,
    )
  }
}

function newPlatform({ jar, agent, connections }: NodeSessionOptions): NodePlatform {
  return nodePlatform(nodeTransport(agent, connections), new JarCookies(jar))
}
