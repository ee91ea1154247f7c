import { optionsOf } from '../model/check.js'
import { InvalidRequestError } from '../model/errors.js'
import { BODIES } from '../request/body.js'
import { REQUEST_DEFAULTS, type RequestDefaults } from '../request/prepared-request.js'
import type { CallOptions } from './options.js'

/** What decides about a call: the call's stand in place of the session's. */
export const POLICIES = ['timeout', 'retry', 'maxRedirects', 'throwHttpErrors', 'csrf'] as const

/** What else sessions and calls share. */
const COMBINED = ['headers', 'params', 'auth', 'hooks'] as const

/** The settings of a session that are held as they were given. */
export const PLAIN_SETTINGS: readonly (keyof RequestDefaults | (typeof POLICIES)[number])[] = [
  ...REQUEST_DEFAULTS,
  ...POLICIES,
]

const SESSION: readonly string[] = [...PLAIN_SETTINGS, ...COMBINED, 'baseUrl', 'origins', 'unsupported']

/** @throws InvalidRequestError for an option that neither sessions nor this platform know */
export function checkSessionOptions(options: object, platform: OptionKnowledge = {}): void {
  checkNames(options, [...SESSION, ...(platform.options ?? [])], platform)
}

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
export const CALL_OPTIONS: readonly string[] = [...OUR_OPTIONS, ...REQUEST_DEFAULTS, 'duplex', 'window']

/** What a platform knows of options beyond ours and the standard's. */
export interface OptionKnowledge {
  /** Option names that only this platform's constructor takes. */
  readonly options?: readonly string[]
  /** What to say of a strange name beyond that: which known one it may mean, or nothing. */
  readonly suggest?: (strange: string, known: Iterable<string>) => string
}

/**
 * The options of a call, which are all known.
 *
 * @param extra What else the call was given.
 * @throws InvalidRequestError for a name that neither sessions nor fetch know, for anything but an object (a form, a
 *   `Blob`, text, the index that `map` gives), and for whatever stands after it
 */
export function knownCallOptions(
  given: CallOptions | undefined,
  platform: OptionKnowledge,
  extra?: unknown,
): CallOptions {
  const call = optionsOf(extra === undefined ? given : false, 'options', platform.suggest)
  checkNames(call, CALL_OPTIONS, platform)
  return call
}

/** @throws InvalidRequestError for an option of a name that is none of the known ones */
function checkNames(options: object, known: readonly string[], platform: OptionKnowledge): void {
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknown(name, known, platform)
}

function unknown(name: string, known: readonly string[], platform: OptionKnowledge): InvalidRequestError {
  const hint = platform.suggest?.(name, known) ?? ''
  return new InvalidRequestError(`There is no option "${name.slice(0, 40)}"${hint}`)
}
