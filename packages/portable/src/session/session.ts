import { JarCookies, type JarSource } from '@session-fetch/cookies'
import {
  type ExportOptions,
  InvalidRequestError,
  PreparedRequest,
  Session as CoreSession,
  type SessionExport,
  type SessionOptions,
  SessionResponse,
  type SessionSnapshot,
} from '@session-fetch/core'
import {
  has,
  checkedExport,
  checkSchemas,
  haveLinks,
  importSession,
  inspectAsJson,
  optionsOf,
  own,
  shownSession,
  snapshot,
} from '@session-fetch/core/adapter'
import { dropNodeOptions } from './capabilities.js'
import { type PortablePlatform, portablePlatform } from './platform.js'

/** Options of a session over the `fetch` of its platform. */
export interface PortableSessionOptions extends SessionOptions {
  /**
   * The cookie jar: any tough-cookie jar or store, synchronous or not, or the `cookies` of another session to share.
   * Default: a new jar in memory.
   */
  jar?: JarSource | JarCookies | undefined
}

/**
 * A session with its own cookies, in a tough-cookie jar, over the platform's own `fetch`.
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
  }

  declare readonly cookies: JarCookies
  declare extend: (options?: SessionOptions) => Session
  declare fork: (options?: SessionOptions & { jar?: 'copy' | 'empty' }) => Session

  /** @param platform For `extend` and `fork`. */
  constructor(options: PortableSessionOptions = {}, platform: PortablePlatform = newPlatform(own(options))) {
    const given = optionsOf(options, 'The argument of new Session({ baseUrl })')
    dropNodeOptions(given)
    super(given, checkedPlatform(platform))
    platform.cookies.defaultUrl = () => this.baseUrl?.replace(/\/?$/, '/') ?? null
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
  static import(data: SessionExport, options?: PortableSessionOptions): Promise<Session> {
    return importSession(this, data, options)
  }

  /** Also saves the cookies if they are in persistent storage. */
  override async close(): Promise<void> {
    await super.close()
    await this.cookies.flush()
  }

  protected override spawn(options: SessionOptions & { jar?: unknown }, platform: PortablePlatform): Session {
    if (options.jar === undefined) return new Session(options as SessionOptions, platform)
    throw new InvalidRequestError('jar: a session created by extend() or fork() shares that of its parent')
  }
}

function newPlatform({ jar }: PortableSessionOptions): PortablePlatform {
  return portablePlatform(new JarCookies(jar))
}

/** @throws InvalidRequestError if the second argument of the constructor is not a platform, but more options */
function checkedPlatform(platform: PortablePlatform): PortablePlatform {
  if (has(Object(platform) as object, 'nest')) return platform
  throw new InvalidRequestError('A session takes one object of options')
}
