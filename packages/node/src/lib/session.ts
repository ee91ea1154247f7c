import { Session as CoreSession, type SessionOptions, own } from '@session-fetch/core'
import type { CookieJar } from 'tough-cookie'
import type { Dispatcher } from 'undici'
import { JarCookies } from './cookies.js'
import type { NodeAgent } from './cross-fetch-transport.js'
import { nodePlatform, nodeTransport } from './platform.js'

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

  constructor(options: NodeSessionOptions = {}) {
    const given = own(options)
    const cookies = new JarCookies(given.jar)
    super(given, nodePlatform(nodeTransport(given.agent, given.connections), cookies))
    cookies.defaultUrl = () => this.baseUrl
  }
}
