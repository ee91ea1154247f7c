import type { Body } from './body.js'
import { Cancellation } from './cancellation.js'
import { inspectAsJson } from './inspect-as-json.js'
import { redactHeaders, redactUrl } from './redact.js'
import type { Settings } from './merge.js'

/** The members of `RequestInit` that a session hands to the transport as they are. */
export type RequestExtras = Omit<RequestInit, 'method' | 'headers' | 'body' | 'signal'>

export interface PreparedRequestInit {
  method: string
  url: string
  headers: Headers
  body: Body | null
  settings: Settings
  signal?: AbortSignal | null
  extras?: RequestExtras | undefined
}

/** What a copy may differ in. */
export type PreparedRequestChanges = Partial<Omit<PreparedRequestInit, 'signal' | 'extras'>> & {
  cancellation?: Cancellation
}

/**
 * A request ready to be sent: plain data to read and edit. `fetch(request.url, request)` just works.
 * It shows no credentials and no cookies yet; those are added when it is sent.
 */
export class PreparedRequest {
  static {
    inspectAsJson(this)
  }

  declare cache?: RequestCache
  declare credentials?: RequestCredentials
  declare duplex?: 'half'
  declare integrity?: string
  declare keepalive?: boolean
  declare mode?: RequestMode
  declare priority?: RequestPriority
  declare redirect?: RequestRedirect
  declare referrer?: string
  declare referrerPolicy?: ReferrerPolicy

  method: string
  /** Absolute, without userinfo; it keeps its fragment, which is never sent. */
  url: string
  headers: Headers
  body: Body | null
  #settings: Settings
  #signal: AbortSignal | null
  #cancellation: Cancellation | undefined

  constructor(init: PreparedRequestInit) {
    this.method = init.method
    this.url = init.url
    this.headers = init.headers
    this.body = init.body
    this.#settings = init.settings
    this.#signal = init.signal ?? null
    if (init.extras) Object.assign(this, init.extras)
  }

  /** What the session and the call were merged into: the policy this request travels under. */
  get settings(): Settings {
    return this.#settings
  }

  /** Aborts the request. While it is being sent, this also fires at its deadline and at `session.close()`. */
  get signal(): AbortSignal | null {
    return this.#cancellation ? this.#cancellation.signal : this.#signal
  }

  set signal(signal: AbortSignal | null) {
    this.#signal = signal
    this.#cancellation = undefined
  }

  /** For transports: when to stop, without the price of an `AbortSignal`. */
  get cancellation(): Cancellation {
    if (!this.#cancellation) {
      this.#cancellation = new Cancellation()
      if (this.#signal) this.#cancellation.follow(this.#signal)
    }
    return this.#cancellation
  }

  /** For sessions: from now on, this is what stops the request. */
  bind(cancellation: Cancellation): this {
    this.#cancellation = cancellation
    return this
  }

  /** An independent copy; `changes` replace members of it. The body is shared, not copied. */
  copy(changes: PreparedRequestChanges = {}): PreparedRequest {
    const copy = new PreparedRequest({
      method: changes.method ?? this.method,
      url: changes.url ?? this.url,
      headers: changes.headers ?? new Headers(this.headers),
      body: changes.body === undefined ? this.body : changes.body,
      settings: changes.settings ?? this.#settings,
      signal: this.#signal,
    })
    copy.#cancellation = changes.cancellation ?? this.#cancellation
    for (const name of Object.keys(this)) {
      if (!(name in copy)) Object.assign(copy, { [name]: this[name as keyof this] })
    }
    return copy
  }

  /** What may be logged: secret headers are redacted; body, query and userinfo are left out. */
  toJSON(): Record<string, unknown> {
    return { method: this.method, url: redactUrl(this.url), headers: redactHeaders(this.headers) }
  }
}
