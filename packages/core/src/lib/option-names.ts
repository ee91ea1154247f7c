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

export type RequestDefaults = {
  [Name in (typeof REQUEST_DEFAULTS)[number]]?: RequestExtras[Name] | undefined
}

/** What decides about a call: the call's stand in place of the session's. */
export const POLICIES = ['timeout', 'retry', 'maxRedirects', 'throwHttpErrors', 'csrf'] as const

/** The ways to give a call its body. */
export const BODIES = ['json', 'form', 'multipart', 'body'] as const

/** What else sessions and calls share. */
export const COMBINED = ['headers', 'params', 'auth', 'hooks'] as const
