import { InvalidRequestError } from '../model/errors.js'
import { isRecord } from '../model/options.js'
import { own } from '../model/own.js'
import { redactUrl } from '../model/redact.js'
import { parseUrl } from '../request/url.js'
import { type Checks, checks } from './checks.js'
import type { Hooks, SessionOptions } from './options.js'

/**
 * The checks of sessions that run on a server: all of a page's development build, and those that its size leaves no
 * room for.
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
} satisfies Partial<Checks>)

/** @throws InvalidRequestError for another value than the two */
function checkUnsupported(unsupported: unknown): void {
  if (unsupported === undefined || unsupported === 'error' || unsupported === 'ignore') return
  throw new InvalidRequestError(`unsupported must be 'error' or 'ignore'`)
}

/** @throws InvalidRequestError for a member that is neither a number nor of its kind */
function checkPolicy({ methods, statuses, jitter, budget }: Record<string, unknown>): void {
  if (!isListOf(methods, 'string')) throw wrongMember('methods', "a list of methods, such as ['GET', 'POST']")
  if (!isListOf(statuses, 'number')) throw wrongMember('statuses', 'a list of statuses, such as [429, 503]')
  if (jitter !== undefined && typeof jitter !== 'boolean') throw wrongMember('jitter', 'true or false')
  const { deposit, withdraw } = Object(budget ?? NO_BUDGET) as Record<string, unknown>
  if (typeof deposit !== 'function' || typeof withdraw !== 'function')
    throw wrongMember('budget', 'what retryBudget() gave')
}

const NO_BUDGET = { deposit: Object, withdraw: Object }

function isListOf(list: unknown, type: string): boolean {
  return list === undefined || (Array.isArray(list) && list.every((item) => typeof item === type))
}

function wrongMember(name: string, what: string): InvalidRequestError {
  return new InvalidRequestError(`retry.${name} must be ${what}`)
}

function noBaseUrl(text: string): InvalidRequestError {
  // in an invalid URL, the end of a password cannot be found
  const shown = text.includes('@') ? '[redacted]' : redactUrl(text.trim())
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

/** What hooks inherit: accessors that throw for these names. Made for the first hooks. */
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
