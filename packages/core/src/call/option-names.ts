import { BODIES } from '../request/body.js'
import { REQUEST_DEFAULTS, type RequestDefaults } from '../request/prepared-request.js'

/** What decides about a call: the call's stand in place of the session's. */
export const POLICIES = ['timeout', 'retry', 'maxRedirects', 'throwHttpErrors', 'csrf'] as const

/** What else sessions and calls share. */
const COMBINED = ['headers', 'params', 'auth', 'hooks'] as const

/** The settings of a session that are held as they were given. */
export const PLAIN_SETTINGS: readonly (keyof RequestDefaults | (typeof POLICIES)[number])[] = [
  ...REQUEST_DEFAULTS,
  ...POLICIES,
]

/** All that a session's constructor takes on every platform. */
export const SESSION_OPTIONS: readonly string[] = /* @__PURE__ */ [
  PLAIN_SETTINGS,
  COMBINED,
  'baseUrl',
  'origins',
  'unsupported',
].flat()

/** What is read of a call; all else is handed on to the transport. */
export const OUR_OPTIONS: readonly string[] = [
  ...POLICIES,
  ...COMBINED,
  ...BODIES,
  'cookies',
  'signal',
  'platform',
]
/** All that a call may say: what is ours and the standard's. What only one engine knows goes in `platform`. */
export const CALL_OPTIONS: readonly string[] = /* @__PURE__ */ [
  OUR_OPTIONS,
  REQUEST_DEFAULTS,
  'duplex',
  'window',
].flat()
