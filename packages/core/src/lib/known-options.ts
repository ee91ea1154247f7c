import { optionsOf } from './entries-of.js'
import { InvalidRequestError } from './errors.js'
import { BODIES, COMBINED, POLICIES, REQUEST_DEFAULTS } from './option-names.js'
import type { CallOptions } from './options.js'

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
export function checkNames(options: object, known: readonly string[], platform: OptionKnowledge): void {
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknown(name, known, platform)
}

function unknown(name: string, known: readonly string[], platform: OptionKnowledge): InvalidRequestError {
  const hint = platform.suggest?.(name, known) ?? ''
  return new InvalidRequestError(`There is no option "${name.slice(0, 40)}"${hint}`)
}
