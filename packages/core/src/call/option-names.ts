import { BODIES } from '../request/body.js'
import { REQUEST_DEFAULTS, type RequestDefaults } from '../request/prepared-request.js'

/** Options of a call that replace the session's. */
export const POLICIES = ['timeout', 'retry', 'maxRedirects', 'throwHttpErrors', 'csrf'] as const

/** Other options that sessions and calls share. */
const COMBINED = ['headers', 'params', 'auth', 'hooks'] as const

/** Session settings stored as given. */
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

/** The options of a call that we read; the others go to the transport. */
export const OUR_OPTIONS: readonly string[] = [
  ...POLICIES,
  ...COMBINED,
  ...BODIES,
  'cookies',
  'signal',
  'platform',
]
/** All options of a call: ours and those of fetch. Engine-specific ones go in `platform`. */
export const CALL_OPTIONS: readonly string[] = /* @__PURE__ */ [
  OUR_OPTIONS,
  REQUEST_DEFAULTS,
  'duplex',
  'window',
].flat()
