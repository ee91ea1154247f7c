import type { Auth } from '../auth/auth.js'
import { checkMembers, checkNumber, isRecord } from '../model/option-values.js'
import { HookError, InvalidRequestError, UnsupportedError } from '../model/errors.js'
import { redactUrl } from '../model/redact.js'
import { RETRY_DEFAULTS, type RetryOptions } from '../model/retry.js'
import { checkSignal } from '../model/stop.js'
import { TIMEOUT_PHASES, type TimeoutOptions } from '../model/timeouts.js'
import { PreparedRequest } from '../request/prepared-request.js'
import { parseUrl, resolveBase } from '../request/url.js'
import { SessionResponse } from '../response/session-response.js'
import {
  CALL_OPTIONS,
  type CallOptions,
  type Hooks,
  SESSION_OPTIONS,
  type SessionOptions,
  type SharedOptions,
} from './options.js'
import { has, own } from '../model/own.js'

/**
 * Checks for mistakes of developers in a call: unknown option names, values of the wrong kind, wrong return values of
 * hooks. Node's platform has them. In a page, the `development` build has them and the default build does not
 * (decision 27), so a mistake that could lose data or leak a secret must also be rejected elsewhere.
 */
export interface CallChecks {
  /** @throws InvalidRequestError for an option that is neither one of ours nor one of fetch */
  callOptions(call: CallOptions, platform: OptionKnowledge): void
  /** @throws InvalidRequestError for a setting, of the session or of the call, that has the wrong kind of value */
  settings(settings: CheckedSettings): void
  /** @throws InvalidRequestError for a value that is not a signal */
  signal(signal: unknown): void
  /** @throws InvalidRequestError for an unknown hook, or one that is not a function */
  hooks(source: object, hooks: Hooks): void
  /** @throws HookError for a value that a hook of that name may not return */
  returned(value: unknown, hook: keyof Hooks): void
}

/** Checks of calls and sessions. */
export interface Checks extends CallChecks {
  /** @throws InvalidRequestError for an unknown option of a session */
  sessionOptions(options: object, platform: OptionKnowledge): void
  /** @throws InvalidRequestError for a value that is neither an origin nor `https://*.host` */
  origins(origins: readonly unknown[]): void
  /** @throws InvalidRequestError for a base URL of another scheme than http: and https: */
  baseUrl(base: string | URL, page: string | null): void
  /** @throws InvalidRequestError for a prefix that no URL begins with, or a transport without `send` */
  mount(prefix: string, transport: unknown): void
  /** @throws InvalidRequestError for a request that was not created by `prepare()` */
  prepared(request: unknown): void
}

/** Option names that a platform adds. */
export interface OptionKnowledge {
  /** Options of this platform's constructor. */
  readonly options?: readonly string[]
  /** A hint for an unknown name: the known one that may be meant, or an empty string. */
  readonly suggest?: (strange: string, known: Iterable<string>) => string
  /** Default: none. */
  readonly checks?: CallChecks | undefined
}

type CheckedSettings = Omit<SharedOptions, 'headers' | 'params' | 'hooks'> &
  Pick<SessionOptions, 'unsupported'>

/** The checks of calls. */
export const callChecks: CallChecks = {
  callOptions(call, platform) {
    checkNames(call, CALL_OPTIONS, platform)
  },
  settings({ auth, timeout, retry, maxRedirects, csrf }) {
    if (!isAuth(auth)) throw mustBe('auth', '[user, password], an auth flow or a function')
    if (timeout != null) checkTimeout(timeout)
    if (retry != null) checkRetry(retry)
    checkNumber('maxRedirects', maxRedirects ?? 0, 'a whole number of 0 or more', isWhole)
    if (csrf && typeof csrf !== 'function') throw mustBe('csrf', 'a function')
  },
  signal: checkSignal,
  hooks(source, hooks) {
    const names = Object.keys(hooks)
    for (const [name, list] of Object.entries(source as Record<string, unknown>))
      if (!names.includes(name) || [list ?? []].flat().some((hook) => typeof hook !== 'function'))
        throw mustBe(`hooks.${name}`, `functions for ${names.join(', ')}`)
  },
  returned(value, hook) {
    if (value === undefined) return
    throw new HookError(`A ${hook} hook may return ${RETURNS[hook]} or nothing`)
  },
}

/** The checks of sessions, with those of calls. */
export const checks: Checks = /* @__PURE__ */ Object.assign(
  {
    sessionOptions(options, platform) {
      checkNames(options, [...SESSION_OPTIONS, ...(platform.options ?? [])], platform)
    },
    origins(origins) {
      for (const origin of origins)
        if (!/^https?:\/\/[^/?#@\\]+\/?$/i.test(String(origin)) || !isHost(String(origin)))
          throw new InvalidRequestError(
            `"${redactUrl(String(origin))}" in origins is not an origin; write https://host, https://host:port or https://*.host`,
          )
    },
    baseUrl(base, page) {
      const { protocol } = resolveBase(base, page).url
      if (!/^https?:$/.test(protocol))
        throw new InvalidRequestError(`baseUrl must start with http:// or https://, not ${protocol}`)
    },
    mount(prefix, transport) {
      const { send } = Object(transport) as { send?: unknown }
      if (typeof send !== 'function')
        throw new InvalidRequestError(
          'A transport must have a `send` method; mockTransport makes one of a function',
        )
      const [, origin, host] = /^([a-z][a-z\d+.-]*:\/\/([^/]*))(?:\/.*)?$/i.exec(prefix) ?? []
      if (origin === undefined || (host !== '' && !isHost(origin)))
        throw new InvalidRequestError(
          `"${redactUrl(prefix)}" cannot be mounted; write scheme://, scheme://host or scheme://host/path`,
        )
    },
    prepared(request) {
      if (request instanceof PreparedRequest) return
      throw new InvalidRequestError(
        'send() takes a request from prepare(); otherwise use fetch() or request()',
      )
    },
  } satisfies Omit<Checks, keyof CallChecks>,
  callChecks,
)

/** The types that a hook may return besides `undefined`. */
const RETURNS: Readonly<Record<keyof Hooks, string>> = {
  request: 'a PreparedRequest or a Response',
  response: 'a Response',
  redirect: 'false',
  retry: 'false',
  error: 'an Error or a Response',
}

/** @throws InvalidRequestError for an unknown option name */
function checkNames(options: object, known: readonly string[], platform: OptionKnowledge): void {
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknown(name, known, platform)
}

function unknown(name: string, known: readonly string[], platform: OptionKnowledge): InvalidRequestError {
  const hint = platform.suggest?.(name, known) ?? ''
  return new InvalidRequestError(`There is no option "${name.slice(0, 40)}"${hint}`)
}

function isAuth(auth: Auth | null | undefined): boolean {
  if (auth === null || auth === undefined || typeof auth === 'function') return true
  return typeof auth === 'object' && (has(auth, 'authenticate') || (Array.isArray(auth) && auth.length === 2))
}

/** Whether a text is `scheme://host`, or `scheme://*.host`. */
function isHost(text: string): boolean {
  const host = parseUrl(text.replace('//*.', '//'))?.host
  return host !== undefined && host !== '' && !host.includes('*')
}

function checkTimeout(timeout: number | TimeoutOptions): void {
  const limits = isRecord(timeout) ? timeout : { total: timeout }
  checkMembers('timeout', limits, TIMEOUT_PHASES)
  for (const [phase, ms] of Object.entries(limits as Record<string, unknown>))
    if (ms !== undefined) checkNumber(`timeout.${phase}`, ms, 'milliseconds above 0', isLimit)
}

/** Timers with a delay above 2^31 − 1 ms fire immediately. */
function isLimit(ms: number): boolean {
  return ms > 0 && (ms < 2 ** 31 || ms === Infinity)
}

function checkRetry(retry: number | RetryOptions): void {
  const policy = own<object>(isRecord(retry) ? retry : { limit: retry }) as Readonly<Record<string, unknown>>
  checkMembers('retry', policy, Object.keys(RETRY_DEFAULTS))
  for (const [name, usual] of Object.entries(RETRY_DEFAULTS))
    if (typeof usual === 'number' && policy[name] !== undefined)
      checkNumber(`retry.${name}`, policy[name], 'a number of 0 or more', isAmount)
}

function isAmount(amount: number): boolean {
  return amount >= 0
}

function isWhole(limit: number): boolean {
  return limit >= 0 && limit % 1 === 0
}

function mustBe(option: string, what: string): InvalidRequestError {
  return new InvalidRequestError(`${option} must be ${what}`)
}

/**
 * The checks of sessions on servers: those of a page's development build, and further ones that would exceed its size
 * limit.
 */
export const serverChecks: Checks = /* @__PURE__ */ Object.assign(/* @__PURE__ */ own<object>({}), checks, {
  sessionOptions(options, platform) {
    checks.sessionOptions(options, platform)
    checkUnsupported((options as SessionOptions).unsupported)
  },
  settings(settings) {
    checks.settings(settings)
    checkUnsupported(settings.unsupported)
    if (isRecord(settings.retry)) checkPolicy(own(settings.retry as Record<string, unknown>))
  },
  hooks(source, hooks) {
    checks.hooks(source, hooks)
    Object.setPrototypeOf(hooks, (foreignHooks ??= makeForeignHooks()))
  },
  baseUrl(base, page) {
    if (parseUrl(String(base), page ?? undefined) === null) throw noBaseUrl(String(base))
    checks.baseUrl(base, page)
  },
  callOptions(call, platform) {
    checks.callOptions(call, platform)
    if (isRecord(call.platform)) checkPlatform(call.platform)
  },
} satisfies Partial<Checks>)

/** Members of a request that `platform` must not set, and where to set them; other options are named by `CALL_OPTIONS`. */
const PLACES: Readonly<Record<string, string>> = {
  method: 'call the method instead, as in session.put(url)',
  url: 'it is the argument of the call',
}

/** @throws InvalidRequestError for a member that is set elsewhere */
function checkPlatform(platform: object): void {
  for (const name of Object.keys(platform)) {
    const isOurs = Object.hasOwn(PLACES, name) || CALL_OPTIONS.includes(name)
    if (!isOurs) continue
    const place = PLACES[name] ?? `it is an option of the call: { ${name}: … }`
    throw new InvalidRequestError(`platform.${name} would have no effect; ${place}`)
  }
}

/**
 * Checks what a transport returned, on platforms whose sessions follow redirects themselves.
 *
 * @throws UnsupportedError if it is not a `Response`, or one of another package; and if it is the response of another
 *   URL, because then the transport has followed a redirect with all headers
 */
export function checkAnswer(answer: unknown, request: PreparedRequest): void {
  if (answer instanceof SessionResponse && answer.url === request.url) return // the usual case
  const Native = Object.getPrototypeOf(SessionResponse) as typeof Response // a test may replace the global one
  if (!(answer instanceof Native)) {
    const what = 'A transport must return a Response of this runtime, not one of another package'
    throw new UnsupportedError(what, { request })
  }
  const hasFollowed = answer instanceof SessionResponse ? false : answer.redirected
  if (!hasFollowed && !isOtherUrl(answer.url, request.url)) return
  void answer.body?.cancel().catch(() => {})
  const what =
    'redirects: the fetch of this transport followed one itself, with all headers; it must support ' +
    "redirect: 'manual', and respond from the requested URL"
  throw new UnsupportedError(what, { request })
}

/** Whether the URL of a response differs from the requested one, apart from the fragment. */
function isOtherUrl(received: string, requested: string): boolean {
  if (received === '' || received === requested) return false
  const [one, other] = [received, requested].map((url) => parseUrl(url)?.href.replace(/#.*/s, ''))
  return one !== undefined && one !== other
}

/** @throws InvalidRequestError for any value but `'error'` and `'ignore'` */
function checkUnsupported(unsupported: unknown): void {
  if (unsupported === undefined || unsupported === 'error' || unsupported === 'ignore') return
  throw new InvalidRequestError(`unsupported must be 'error' or 'ignore'`)
}

/** @throws InvalidRequestError for a member of the wrong type; numbers are checked by `checkRetry` */
function checkPolicy({ methods, statuses, jitter, budget }: Record<string, unknown>): void {
  if (!isListOf(methods, 'string')) throw wrongMember('methods', "a list of methods, such as ['GET', 'POST']")
  if (!isListOf(statuses, 'number')) throw wrongMember('statuses', 'a list of statuses, such as [429, 503]')
  if (jitter !== undefined && typeof jitter !== 'boolean') throw wrongMember('jitter', 'true or false')
  const { deposit, withdraw } = Object(budget ?? { deposit: Object, withdraw: Object }) as Record<
    string,
    unknown
  >
  if (typeof deposit !== 'function' || typeof withdraw !== 'function')
    throw wrongMember('budget', 'the result of retryBudget()')
}

function isListOf(list: unknown, type: string): boolean {
  return list === undefined || (Array.isArray(list) && list.every((item) => typeof item === type))
}

function wrongMember(name: string, what: string): InvalidRequestError {
  return new InvalidRequestError(`retry.${name} must be ${what}`)
}

function noBaseUrl(text: string): InvalidRequestError {
  // in an invalid URL, the end of a password cannot be found
  const shown = text.includes('@') ? '[redacted]' : redactUrl(text.trim().slice(0, 80))
  return new InvalidRequestError(
    `baseUrl must be an absolute URL, such as https://host/path/, not "${shown}"`,
  )
}

/** The names that other clients have for the kinds of hooks. */
const FOREIGN: Readonly<Record<string, keyof Hooks>> = {
  beforeRequest: 'request',
  afterResponse: 'response',
  beforeRedirect: 'redirect',
  beforeRetry: 'retry',
  beforeError: 'error',
}

/** The prototype of hooks: accessors that throw for these names. Created for the first hooks. */
let foreignHooks: object | undefined

function makeForeignHooks(): object {
  const accessors = Object.entries(FOREIGN).map(([name, kind]) => {
    const refuse = (): never => {
      throw new InvalidRequestError(`There is no hooks.${name}; push functions to hooks.${kind}`)
    }
    return [name, own<PropertyDescriptor>({ get: refuse, set: refuse })] as const
  })
  return Object.create(null, Object.fromEntries(accessors)) as object
}
