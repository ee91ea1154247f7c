import type { Auth } from './auth.js'
import type { BodyOptions } from './encode-body.js'
import type { HooksSource, RequestHook } from './hooks.js'
import type { HeadersSource } from './merge-headers.js'
import type { ParamsSource } from './merge-params.js'
import type { RequestExtras } from './prepared-request.js'
import type { RetryOptions } from './retry-policy.js'
import type { TimeoutOptions } from './timeouts.js'

/** Settings that a session holds for all its calls and that a call may replace. `null` removes the session's. */
export interface SharedOptions extends RequestExtras {
  /** Headers for every request. In a call, they replace the session's by name; `null` removes one. */
  headers?: HeadersSource | null | undefined
  /** Query parameters. In a call, they replace the session's by key; `null` removes one, a list repeats the key. */
  params?: ParamsSource | null | undefined
  /** `[user, password]` for Basic, an auth flow, or a function that edits the request. Default: none. */
  auth?: Auth | null | undefined
  /** Functions run at fixed moments of a call. Session hooks run first, then the call's. */
  hooks?: HooksSource | null | undefined
  /** Milliseconds from the call to the last body byte, or one limit per phase. Default: none. */
  timeout?: number | TimeoutOptions | null | undefined
  /** How often, and when, to send again after a failure. Default: never. */
  retry?: number | RetryOptions | null | undefined
  /** Redirects followed before giving up. Default: 20. A browser allows no other value. */
  maxRedirects?: number | undefined
  /** `true`: any failure status throws `HttpError`. `false`: not even the body shortcuts do. A function decides. */
  throwHttpErrors?: boolean | ((response: Response) => boolean) | undefined
  /** `csrf(…)` of session-fetch/csrf: one more request hook, run after the others. Default: none. */
  csrf?: RequestHook | null | undefined
}

export interface SessionOptions extends SharedOptions {
  /** What relative URLs are joined to. It makes its origin this session's home: see `origins`. */
  baseUrl?: string | URL | null | undefined
  /**
   * More origins that are home: exact ones, or `https://*.example.com`. A session with a home sends its `auth`,
   * `headers` and `params` there and nowhere else.
   */
  origins?: readonly string[] | undefined
  /** `'ignore'`: options this platform cannot honour are passed over instead of throwing. Default: `'error'`. */
  unsupported?: 'error' | 'ignore' | undefined
}

/** What one call may say: `RequestInit`, and what a session adds to it. */
export interface CallOptions extends SharedOptions, BodyOptions {
  /** Cookies for this call alone: bound to its first host, never stored. */
  cookies?: Readonly<Record<string, string>> | null | undefined
  /** Stops the call; it rejects with the signal's reason. */
  signal?: AbortSignal | null | undefined
  /** Options for the transport, passed on verbatim. */
  platform?: Readonly<Record<string, unknown>> | undefined
}
