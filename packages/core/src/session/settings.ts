import type { Auth } from '../auth/auth.js'
import type { SettingsOrigin } from '../call/call.js'
import { toHooks } from '../call/hooks.js'
import { PLAIN_SETTINGS } from '../call/option-names.js'
import type { Hooks, HooksSource, SessionOptions, SharedOptions } from '../call/options.js'
import type { Place } from '../model/url.js'
import { type HeadersSource, mergeHeaders } from '../request/headers.js'
import { type Home, homeOf } from '../request/home.js'
import { type ParamsSource, mergeParams } from '../request/params.js'
import type { RequestDefaults } from '../request/prepared-request.js'
import type { ProgressListener } from '../request/progress.js'
import { type Base, type Target, resolveBase, resolveBelow, resolveUrl } from '../request/resolve-url.js'

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

  /** `[user, password]`, an auth flow or a function. Only sent home. */
  auth: Auth | null
  declare timeout: SharedOptions['timeout']
  declare retry: SharedOptions['retry']
  declare maxRedirects: number | undefined
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
  #home: Home = homeOf(null, [])

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

  /** Headers for every request at home. Live; assigning replaces its content. */
  get headers(): Headers {
    return this.#headers
  }

  set headers(headers: HeadersSource) {
    refill(this.#headers, mergeHeaders(undefined, headers))
  }

  /** Query parameters for every URL at home. Live; assigning replaces its content. */
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
   * The base of relative URLs, as if it ended in a slash; `''` means the base as given. Its origin is home.
   * Contains no userinfo, query or fragment.
   */
  get baseUrl(): string | null {
    return this.#base?.given ?? null
  }

  set baseUrl(baseUrl: string | URL | null) {
    const base = baseUrl === null ? null : resolveBase(baseUrl, this.#origin.pageUrl?.() ?? null)
    if (base) this.#origin.checks?.baseUrl(base.url)
    this.#base = base
    this.#home = homeOf(this.baseUrl, this.#origins)
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

  /** More home origins. */
  get origins(): readonly string[] {
    return this.#origins
  }

  set origins(origins: readonly string[]) {
    const list = [origins].flat()
    this.#origin.checks?.origins(list)
    this.#home = homeOf(this.baseUrl, list)
    this.#origins = Object.freeze(list)
  }

  /** The origins that these settings may be sent to. */
  get home(): Home {
    return this.#home
  }
}

function refill(live: Headers | URLSearchParams, entries: Iterable<readonly [string, string]>): void {
  for (const name of Array.from(live.keys())) live.delete(name)
  for (const [name, value] of entries) live.append(name, value)
}
