import type { Auth } from '../auth/auth.js'
import type { SettingsOrigin } from '../call/call.js'
import { forks, listOf, toHooks } from '../call/hooks.js'
import { type Defaults, merge } from '../call/prepare.js'
import {
  type Hooks,
  type HooksSource,
  PLAIN_SETTINGS,
  type PlainSettings,
  type RequestHook,
  type SessionOptions,
  type SharedOptions,
} from '../call/options.js'
import { isSecretName } from '../model/redact.js'
import { type HeadersSource, copyHeaders, mergeHeaders } from '../request/headers.js'
import { type SessionOrigins, crossOriginHeaders, originsOf } from '../request/origins.js'
import type { RequestDefaults } from '../request/prepared-request.js'
import type { ProgressListener } from '../request/progress.js'
import {
  type Base,
  type ParamsSource,
  type Place,
  type Target,
  mergeParams,
  resolveBase,
  resolveBelow,
  resolveUrl,
} from '../request/url.js'
import { own } from '../model/own.js'

/** The settings of a session: public and mutable, read when a call is prepared. */
export class SessionSettings implements RequestDefaults {
  declare cache?: RequestCache | undefined
  declare credentials?: RequestCredentials | undefined
  declare integrity?: string | undefined
  declare keepalive?: boolean | undefined
  declare maxResponseSize?: number | null | undefined
  declare mode?: RequestMode | undefined
  declare onDownloadProgress?: ProgressListener | null | undefined
  declare onUploadProgress?: ProgressListener | null | undefined
  declare priority?: RequestPriority | undefined
  declare redirect?: RequestRedirect | undefined
  declare referrer?: string | undefined
  declare referrerPolicy?: ReferrerPolicy | undefined

  /** `[user, password]`, an auth flow or a function. Applies to the session's origins only. */
  auth: Auth | null
  declare timeout: SharedOptions['timeout']
  declare retry: SharedOptions['retry']
  declare maxRedirects: number | undefined
  /** Which statuses make a call reject: all failures, none, or those that a function selects. */
  declare throwHttpErrors: SharedOptions['throwHttpErrors']
  declare csrf: SharedOptions['csrf']
  /** Whether unsupported options throw or are ignored. */
  unsupported: 'error' | 'ignore'

  readonly #origin: SettingsOrigin
  readonly #headers: Headers
  #hooks: Hooks
  readonly #params: URLSearchParams = new URLSearchParams()
  #origins: readonly string[] = []
  #base: Base | null = null
  #home: SessionOrigins = originsOf(null, [])

  constructor(given: SessionOptions, origin: SettingsOrigin) {
    this.#origin = origin
    origin.checks?.sessionOptions(given, origin)
    this.#headers = mergeHeaders(origin.headers, given.headers)
    this.auth = given.auth ?? null
    this.#hooks = Object.seal(toHooks(given.hooks, origin.checks))
    this.unsupported = given.unsupported ?? 'error'
    this.params = given.params ?? {}
    this.origins = given.origins ?? []
    this.baseUrl = given.baseUrl ?? null
    // always own members, so that none is inherited from Object.prototype
    for (const name of PLAIN_SETTINGS) Object.assign(this, { [name]: given[name] })
  }

  /** Headers for every request to the session's origins. Live; assigning replaces the content. */
  get headers(): Headers {
    return this.#headers
  }

  set headers(headers: HeadersSource) {
    refill(this.#headers, mergeHeaders(undefined, headers))
  }

  /** Query parameters for every URL of the session's origins. Live; assigning replaces the content. */
  get params(): URLSearchParams {
    return this.#params
  }

  set params(params: ParamsSource) {
    refill(this.#params, mergeParams(undefined, params))
  }

  /** Lists of functions by name, run in order. Live; assigning accepts every form of the option. */
  get hooks(): Hooks {
    return this.#hooks
  }

  set hooks(hooks: HooksSource) {
    this.#hooks = Object.seal(toHooks(hooks, this.#origin.checks))
  }

  /**
   * The base of relative URLs, as if it ended in a slash; `''` means the base as given. Its origin is one of the
   * session's. Contains no userinfo, query or fragment.
   */
  get baseUrl(): string | null {
    return this.#base?.given ?? null
  }

  set baseUrl(baseUrl: string | URL | null) {
    const page = this.#origin.pageUrl?.() ?? null
    if (baseUrl !== null) this.#origin.checks?.baseUrl(baseUrl, page)
    this.#base = baseUrl === null ? null : resolveBase(baseUrl, page)
    this.#home = originsOf(this.baseUrl, this.#origins)
  }

  /** Resolves the URL of a call against `baseUrl`. */
  protected resolve(input: string | URL): Target {
    const base = this.#base
    if (base === null) return resolveUrl(input, this.#origin.pageUrl?.() ?? null)
    const url = this.#origin.below?.(input, base.url)
    return url ? { url, credentials: null } : resolveBelow(input, base)
  }

  /** The credentials of `baseUrl`, if `url` has its origin. */
  credentialsFor(url: Place): Target['credentials'] {
    const base = this.#base
    return base?.credentials && url.origin === base.url.origin ? base.credentials : null
  }

  /** Further origins that the settings are sent to. */
  get origins(): readonly string[] {
    return this.#origins
  }

  set origins(origins: readonly string[]) {
    const list = [origins].flat()
    this.#origin.checks?.origins(list)
    this.#home = originsOf(this.baseUrl, list)
    this.#origins = Object.freeze(list)
  }

  /** The session's origins, to which the settings are sent: that of `baseUrl`, and `origins`. */
  get home(): SessionOrigins {
    return this.#home
  }
}

function refill(live: Headers | URLSearchParams, entries: Iterable<readonly [string, string]>): void {
  for (const name of Array.from(live.keys())) live.delete(name)
  for (const [name, value] of entries) live.append(name, value)
}

/** The settings of a session for a call to `url`. Most apply to the session's origins only. */
export function sessionDefaults(
  session: SessionSettings,
  url: Place,
  readPlain: (session: PlainSettings) => Defaults = plainSettings,
): Defaults {
  const isOwn = session.home.has(url)
  const settings = readPlain(session)
  settings.headers = isOwn ? session.headers : crossOriginHeaders(session.headers)
  settings.params = isOwn ? absentParams(session.params, url) : undefined
  settings.auth = (isOwn ? session.auth : null) ?? session.credentialsFor(url)
  settings.hooks = session.hooks
  settings.unsupported = session.unsupported
  // 'include' applies to the session's origins only; 'omit' applies to every origin
  if (!isOwn && settings.credentials === 'include') delete settings.credentials
  return settings
}

/** The settings that a session stores as given, and that are not `undefined`. */
function plainSettings(session: PlainSettings): Defaults {
  const settings: Record<string, unknown> = own({})
  for (const name of PLAIN_SETTINGS) if (session[name] !== undefined) settings[name] = session[name]
  return settings
}

/** The parameters whose key is not in the URL's query. */
function absentParams(params: URLSearchParams, { search }: Place): URLSearchParams {
  if (search === '') return params
  const absent = new URLSearchParams(params)
  for (const key of new URLSearchParams(search).keys()) absent.delete(key)
  return absent
}

/** A snapshot of a session's settings, with new ones merged over it. */
export function extended(session: SessionSettings, over: SessionOptions): SessionOptions {
  const { headers, params, hooks, auth, origins, unsupported } = session
  const baseUrl = baseWithCredentials(session)
  const base = { headers, params, hooks, auth, origins, unsupported, baseUrl }
  return merge(Object.assign(plainSettings(session), base), over)
}

/**
 * The same for another user: without `auth`, headers and parameters with secret names, and CSRF tokens from a
 * function.
 */
export function forked(session: SessionSettings, over: SessionOptions): SessionOptions {
  const { baseUrl, csrf, hooks, origins, unsupported } = session
  const headers = copyHeaders(session.headers)
  const params = new URLSearchParams(session.params)
  for (const source of [headers, params])
    for (const name of Array.from(source.keys())) if (isSecretName(name)) source.delete(name)
  const base = {
    headers,
    params,
    hooks: { ...hooks, request: listOf(hooks.request).filter((hook) => forks(hook as RequestHook, true)) },
    auth: null,
    csrf: csrf && forks(csrf, false) ? csrf : null,
    origins,
    unsupported,
    baseUrl,
  }
  return merge(Object.assign(plainSettings(session), base as Defaults), over)
}

/** The base URL with the credentials. */
export function baseWithCredentials(session: SessionSettings): URL | null {
  if (session.baseUrl === null) return null
  const url = new URL(session.baseUrl)
  const credentials = session.credentialsFor(url)
  if (credentials) [url.username, url.password] = credentials
  return url
}
