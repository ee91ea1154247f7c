import type { Hooks } from './hooks.js'
import type { SharedOptions } from './options.js'
import type { RequestExtras } from './prepared-request.js'

/** What a session may hold for all its calls, and a request then carries: members of `RequestInit`, and ours. */
export const REQUEST_DEFAULTS = [
  'cache',
  'credentials',
  'integrity',
  'keepalive',
  'maxResponseSize',
  'mode',
  'onDownloadProgress',
  'onUploadProgress',
  'priority',
  'redirect',
  'referrer',
  'referrerPolicy',
] as const

/** The settings of a session that are held as they were given. */
export const PLAIN_SETTINGS: readonly PlainSetting[] = [
  ...REQUEST_DEFAULTS,
  'timeout',
  'retry',
  'maxRedirects',
  'throwHttpErrors',
  'csrf',
]

type PlainSetting = keyof RequestDefaults | 'timeout' | 'retry' | 'maxRedirects' | 'throwHttpErrors' | 'csrf'

export type RequestDefaults = {
  [Name in (typeof REQUEST_DEFAULTS)[number]]?: RequestExtras[Name] | undefined
}

/** The settings of a session as its calls find them. */
export interface SessionDefaults
  extends RequestDefaults,
    Omit<SharedOptions, keyof RequestExtras | 'headers' | 'params' | 'hooks'> {
  headers: Headers
  params: URLSearchParams
  hooks: Hooks
  unsupported: 'error' | 'ignore'
  /** Options that only this engine's own `Request` reads. */
  readonly engineDefaults: Readonly<Record<string, unknown>>
}
