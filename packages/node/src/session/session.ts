import {
  type ExportOptions,
  InvalidRequestError,
  PreparedRequest,
  Session as CoreSession,
  type SessionExport,
  type SessionOptions,
  SessionResponse,
  type SessionSnapshot,
  exportSession,
  importSession,
} from '@session-fetch/core'
import { type Target, haveLinks, inspectAsJson, optionsOf, own, snapshot } from '@session-fetch/core/adapter'
import type { LimitOptions } from '../bodies/limits.js'
import type { NetworkOptions } from '../connect/network-options.js'
import { JarCookies } from '../cookies/cookies.js'
import type { JarSource } from '../cookies/open-jar.js'
import { type Download, type DownloadOptions, download } from '../download/download.js'
import type { PoolStats } from '../http1/connection-pool.js'
import type { NodeAgent } from '../transports/agent-transport.js'
import { nodeTransport } from '../transports/choose-transport.js'
import type { Dispatcher } from '../transports/pooled-transport.js'
import { SessionMembers, keepMethods, refuseAssignment } from './members.js'
import { NODE_OPTIONS, type NodePlatform, nodePlatform } from './platform.js'

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
  /** The most that a server may send before a body, and that a body may decode to. Default: see each. */
  limits?: LimitOptions | undefined
}

const METHODS = [
  ...(['get', 'head', 'options', 'delete', 'post', 'put', 'patch', 'request', 'prepare', 'send'] as const),
  ...(['mount', 'transportFor', 'extend', 'fork', 'close', 'toJSON', 'download', 'stats', 'export'] as const),
]

/** A session that owns its cookies, in a tough-cookie jar, and its connections. */
export class Session extends CoreSession {
  static {
    for (const shown of [CoreSession, PreparedRequest, SessionResponse]) inspectAsJson(shown)
    haveLinks(SessionResponse)
    keepMethods(this, METHODS)
    refuseAssignment(this.prototype, NODE_OPTIONS)
  }

  declare readonly cookies: JarCookies
  declare extend: (options?: SessionOptions) => Session
  declare fork: (options?: SessionOptions & { jar?: 'copy' | 'empty' }) => Session

  readonly #stats: () => PoolStats
  readonly #members: SessionMembers

  /** @param platform For `extend` and `fork`, which share connections. */
  constructor(options: NodeSessionOptions = {}, platform: NodePlatform = newPlatform(own(options))) {
    super(optionsOf(options, 'The argument of new Session({ baseUrl })'), platform)
    if (!('stats' in platform)) throw new InvalidRequestError('A session takes one object of options')
    platform.cookies.defaultUrl = () => this.baseUrl?.replace(/\/?$/, '/') ?? null
    this.#stats = platform.stats
    this.#members = new SessionMembers(this, Session.prototype)
  }

  /**
   * What the session's connections are doing, and what they have done so far.
   *
   * @throws UnsupportedError where an `agent` holds them
   */
  stats(): PoolStats {
    return this.#stats()
  }

  /**
   * Writes a response's body to a file, which is there when it is whole, and not before.
   *
   * @param path Where; a file of that name is replaced. Its folder must be there.
   * @throws HttpError when the status is no success
   * @throws FileError when the file cannot be written; where that can be known before, nothing is sent
   * @example await session.download('releases/app.zip', 'app.zip', { resume: true })
   */
  download(url: string | URL, path: string, options?: DownloadOptions): Promise<Download> {
    return download(this, url, path, options)
  }

  /** The settings that may be shown: no cookies, no auth, no header or param with a secret's name. */
  override toJSON(): SessionSnapshot {
    return snapshot(this)
  }

  /** All of the session that can travel, on request with its cookies and secrets; `omitted` names the rest. */
  export(what?: ExportOptions): Promise<SessionExport> {
    return exportSession(this, what)
  }

  /** A session from what `export` gave; `options` stand over it and bring back what was omitted. */
  static import(data: SessionExport, options?: NodeSessionOptions): Promise<Session> {
    return importSession(this, data, options)
  }

  /** Saves the cookies, too, where they came from a file. */
  override async close(): Promise<void> {
    await super.close()
    await this.cookies.flush()
  }

  /** Each call comes by here, `fetch` too. */
  protected override resolve(input: string | URL): Target {
    this.#members.check(this)
    return super.resolve(input)
  }

  protected override spawn(options: SessionOptions, platform: NodePlatform): Session {
    const strange = NODE_OPTIONS.find((name) => options[name as keyof SessionOptions] !== undefined)
    if (strange === undefined) return new Session(options, platform)
    throw new InvalidRequestError(
      `${strange}: a session made by extend() or fork() shares those of its parent`,
    )
  }
}

function newPlatform(given: NodeSessionOptions): NodePlatform {
  return nodePlatform(nodeTransport(given), new JarCookies(given.jar))
}
