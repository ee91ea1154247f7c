import type { Body } from './body.js'
import { Cancellation } from './cancellation.js'
import { copyHeaders } from './copy-headers.js'
import { own } from './own.js'
import type { RequestDefaults } from './option-names.js'
import type { ProgressListener, ProgressOptions } from './progress.js'
import { redactHeaders, redactUrl } from './redact.js'
import type { AuthFlow } from './auth-flow.js'
import type { RetryPolicy } from './retry-policy.js'
import type { Timeouts } from './timeouts.js'

/** The members of `RequestInit` that a session hands to the transport as they are, and who is told of progress. */
export type RequestExtras = Omit<RequestInit, 'method' | 'headers' | 'body' | 'signal'> &
  ProgressOptions & {
    /** The most bytes that the response's body may have, as it comes and as decoded. Default: no limit. */
    maxResponseSize?: number | null | undefined
  }

/** What a request is made of: what fetch reads of one, and what else is for the transport. */
export type RequestMembers = RequestExtras & {
  method: string
  url: string
  headers: Headers
  body: Body | null
  signal?: AbortSignal | null
}

/** The merged settings that a request's layers and its transport read. */
export interface RequestSettings {
  readonly auth: AuthFlow | null
  /** Hooks by name; `Settings` has them typed. */
  readonly hooks: Readonly<
    Record<'request' | 'response' | 'redirect' | 'retry' | 'error', readonly unknown[]>
  >
  readonly timeouts: Timeouts | null
  readonly retry: RetryPolicy | null
  readonly maxRedirects: number
  readonly throwHttpErrors?: boolean | ((response: Response) => boolean) | undefined
  /** The call's own cookies, as a `Cookie` header writes them; empty when there are none. */
  readonly cookies: string
  /** What to do about options that the platform cannot honour. */
  readonly unsupported: 'error' | 'ignore'
}

/** What a copy may differ in. */
export type RequestChanges = Partial<RequestMembers> & {
  settings?: RequestSettings
  cancellation?: Cancellation
  /** `null` where its headers, its auth and its cookies are meant for its new URL, too. */
  movedFrom?: null
}

/**
 * A request ready to be sent: plain data to read and edit. `fetch(request.url, request)` just works, and so does a
 * spread of it: all that `RequestInit` names are own, enumerable properties.
 * It shows no credentials and no cookies yet; those are added when it is sent.
 */
export class PreparedRequest implements RequestDefaults {
  /** An own property of each request. It is an accessor, for a real `AbortSignal` is made only for those who ask. */
  static readonly #SIGNAL: PropertyDescriptor = own({
    enumerable: true,
    configurable: true,
    get(this: PreparedRequest) {
      return this.#cancellation ? this.#cancellation.signal : this.#signal
    },
    set(this: PreparedRequest, signal: AbortSignal | null) {
      this.#signal = signal
      this.#cancellation = undefined
    },
  })

  static {
    // What someone put on Object.prototype is never taken for a member of a request.
    Object.setPrototypeOf(this.prototype, null)
  }

  declare cache?: RequestCache | undefined
  declare credentials?: RequestCredentials | undefined
  declare duplex?: 'half' | undefined
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

  declare method: string
  /** Absolute, without userinfo; it keeps its fragment, which is never sent. */
  declare url: string
  declare headers: Headers
  declare body: Body | null
  /** Aborts the request. While it is being sent, this also fires at its deadline and at `session.close()`. */
  declare signal: AbortSignal | null
  /** The URL that the headers, the auth and the cookies of this request are meant for. */
  #meantFor: string
  #settings: RequestSettings
  #signal: AbortSignal | null
  #cancellation: Cancellation | undefined

  constructor(members: RequestMembers, settings: RequestSettings) {
    this.method = members.method
    this.url = members.url
    this.headers = members.headers
    this.body = members.body
    Object.defineProperty(this, 'signal', PreparedRequest.#SIGNAL)
    // Another request's accessor would make a signal.
    this.#signal = (#signal in members ? members.#signal : members.signal) ?? null
    this.#settings = settings
    this.#meantFor = members.url
    for (const name of Object.keys(members) as (keyof RequestMembers)[])
      if (!(name in this)) Object.assign(this, { [name]: members[name] })
  }

  /** For sessions: whether `url` was edited after the request was prepared for another. */
  get movedFrom(): string | null {
    return this.url === this.#meantFor ? null : this.#meantFor
  }

  /** What the session and the call were merged into: the policy this request travels under. */
  get settings(): RequestSettings {
    return this.#settings
  }

  /** For transports: when to stop, without the price of an `AbortSignal`. */
  get cancellation(): Cancellation {
    if (!this.#cancellation) {
      this.#cancellation = new Cancellation()
      if (this.#signal) this.#cancellation.follow(this.#signal)
    }
    return this.#cancellation
  }

  /** For layers: from now on, this is what stops the request. */
  set cancellation(cancellation: Cancellation) {
    this.#cancellation = cancellation
  }

  /** An independent copy; `changes` replace members of it. The body is shared, not copied. */
  copy(changes?: RequestChanges): PreparedRequest {
    const changed: RequestChanges = own(changes)
    const { settings = this.#settings, cancellation = this.#cancellation } = changed
    const copy = new PreparedRequest(this as RequestMembers, settings)
    copy.headers = changed.headers ?? copyHeaders(this.headers)
    for (const name of Object.keys(changed) as (keyof RequestChanges)[])
      if (changed[name] !== undefined && !(name in PreparedRequest.prototype))
        Object.assign(copy, { [name]: changed[name] })
    copy.#meantFor = changed.movedFrom === null ? copy.url : this.#meantFor
    copy.#cancellation = cancellation
    return copy
  }

  /** What may be logged: secret headers are redacted; body, query and userinfo are left out. */
  toJSON(): Record<string, unknown> {
    return { method: this.method, url: redactUrl(this.url), headers: redactHeaders(this.headers) }
  }
}
