import {
  type ExportOptions,
  InvalidRequestError,
  PreparedRequest,
  ResponsePromise,
  Session as CoreSession,
  type SessionExport,
  type SessionOptions,
  SessionResponse,
  type SessionSnapshot,
} from '@session-fetch/core'
import { JarCookies, type JarSource } from '@session-fetch/cookies'
import {
  type Target,
  checkedExport,
  checkSchemas,
  has,
  haveLinks,
  importSession,
  inspectAsJson,
  optionsOf,
  own,
  shownSession,
  snapshot,
} from '@session-fetch/core/adapter'
import type { LimitOptions } from '../bodies/limits.js'
import type { NetworkOptions } from '../connect/network-options.js'
import { type Download, type DownloadOptions, download } from '../download/download.js'
import type { PoolStats } from '../http1/connection-pool.js'
import type { NodeAgent } from '../transports/agent-transport.js'
import { nodeTransport } from '../transports/choose-transport.js'
import type { Dispatcher } from '../transports/dispatcher-sender.js'
import {
  SessionMembers,
  checkUrl,
  checkedFetch,
  keepMethods,
  refuseAssignment,
  refuseForeign,
  refuseUnawaited,
} from './misuse-checks.js'
import { NODE_OPTIONS, type NodePlatform, nodePlatform } from './platform.js'

/**
 * Options of a session in Node.
 *
 * @example
 * const options: NodeSessionOptions = {
 *   baseUrl: 'https://shop.example/',
 *   jar: await FileCookieJar.open('cookies.json'),
 *   proxy: 'http://proxy.example:3128',
 * }
 * const session = new Session(options)
 */
export interface NodeSessionOptions extends SessionOptions, NetworkOptions {
  /**
   * The cookie jar: any tough-cookie jar or store, synchronous or not, a `FileCookieJar`, or the `cookies` of
   * another session to share. Default: a new jar in memory.
   */
  jar?: JarSource | JarCookies | undefined
  /**
   * An `http.Agent` (requests then use Node's own `http`), one per scheme, or an undici `Dispatcher`. `close()` does
   * not close it. Default: the session's own connection pool.
   */
  agent?: NodeAgent | Dispatcher | undefined
  /** Limits on headers and decoded bodies. Default: see each. */
  limits?: LimitOptions | undefined
}

const METHODS = [
  ...(['get', 'head', 'options', 'delete', 'post', 'put', 'patch', 'request', 'prepare', 'send'] as const),
  ...(['mount', 'transportFor', 'extend', 'fork', 'close', 'toJSON', 'download', 'stats', 'export'] as const),
]

/**
 * A session with its own cookies, in a tough-cookie jar, and its own connections.
 *
 * @throws InvalidRequestError for an option that is unknown or invalid
 * @example
 * const session = new Session({ baseUrl: 'https://shop.example/', timeout: 10_000 })
 * await session.post('login', { form: { name, password } })
 * const members = await session.get('members').json()
 */
export class Session extends CoreSession {
  static {
    inspectAsJson(CoreSession, shownSession)
    inspectAsJson(PreparedRequest)
    inspectAsJson(SessionResponse)
    haveLinks(SessionResponse)
    checkSchemas(SessionResponse.prototype)
    refuseForeign(this)
    refuseUnawaited(ResponsePromise.prototype)
    keepMethods(this, METHODS)
    refuseAssignment(this.prototype, NODE_OPTIONS)
  }

  declare readonly cookies: JarCookies
  declare extend: (options?: SessionOptions) => Session
  declare fork: (options?: SessionOptions & { jar?: 'copy' | 'empty' }) => Session

  readonly #stats: (origin?: string) => PoolStats
  readonly #members: SessionMembers

  /** @param platform For `extend` and `fork`, which share connections. */
  constructor(options: NodeSessionOptions = {}, platform: NodePlatform = newPlatform(own(options))) {
    super(optionsOf(options, 'The argument of new Session({ baseUrl })'), checkedPlatform(platform))
    platform.cookies.defaultUrl = () => this.baseUrl?.replace(/\/?$/, '/') ?? null
    Object.assign(this, { fetch: checkedFetch(this.fetch) })
    this.#stats = platform.stats
    this.#members = new SessionMembers(this, Session.prototype)
  }

  /**
   * Statistics of the session's connections.
   *
   * @param url Restricts the statistics to its origin. Default: all origins. Above 256 origins, the counts of those
   *   without open connections are reset.
   * @throws InvalidRequestError if it is not a URL
   * @throws UnsupportedError if the connections belong to an `agent`
   * @example const { opened, reused } = session.stats('https://shop.example/')
   */
  stats(url?: string | URL): PoolStats {
    return this.#stats(url === undefined ? undefined : new URL(super.resolve(url).url.href).origin)
  }

  /**
   * Writes a response's body to a file, which appears only when it is complete.
   *
   * @param path The path of the file. An existing file is replaced; the folder must exist.
   * @throws HttpError for a failure status
   * @throws FileError if the file cannot be written; nothing is sent if that is known in advance
   * @example await session.download('releases/app.zip', 'app.zip', { resume: true })
   */
  download(url: string | URL, path: string, options?: DownloadOptions): Promise<Download> {
    return download(this, url, path, options)
  }

  /** The settings that can be shown: no cookies, auth, or headers and params with secret names. */
  override toJSON(): SessionSnapshot {
    return snapshot(this)
  }

  /** The settings that can be serialized, on request with cookies and secrets; `omitted` lists the rest. */
  export(what?: ExportOptions): Promise<SessionExport> {
    return checkedExport(this, what)
  }

  /** Restores a session from `export()`. `options` take precedence and restore omitted settings. */
  static import(data: SessionExport, options?: NodeSessionOptions): Promise<Session> {
    return importSession(this, data, options)
  }

  /** Also saves the cookies if they are stored in a file. */
  override async close(): Promise<void> {
    await super.close()
    await this.cookies.flush()
  }

  /** Called for every call, including `fetch`. */
  protected override resolve(input: string | URL): Target {
    this.#members.check(this)
    checkUrl(input)
    return super.resolve(input)
  }

  protected override spawn(options: SessionOptions, platform: NodePlatform): Session {
    const unsupported = NODE_OPTIONS.find((name) => options[name as keyof SessionOptions] !== undefined)
    if (unsupported === undefined) return new Session(options, platform)
    if (unsupported === 'jar' && typeof options['jar' as keyof SessionOptions] === 'string')
      throw new InvalidRequestError(
        "jar: fork() takes 'copy' or 'empty'; pass a separate jar to new Session({ jar })",
      )
    throw new InvalidRequestError(
      `${unsupported}: a session created by extend() or fork() shares that of its parent`,
    )
  }
}

function newPlatform(given: NodeSessionOptions): NodePlatform {
  return nodePlatform(nodeTransport(given), new JarCookies(given.jar))
}

/** @throws InvalidRequestError if the second argument of the constructor is not a platform: options must be one object */
function checkedPlatform(platform: NodePlatform): NodePlatform {
  if (has(Object(platform) as object, 'stats')) return platform
  throw new InvalidRequestError('A session takes one object of options')
}
