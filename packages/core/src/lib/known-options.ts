import { InvalidRequestError } from './errors.js'
import { BODIES, COMBINED, POLICIES, REQUEST_DEFAULTS } from './option-names.js'
import type { CallOptions } from './options.js'
import { own } from './own.js'

/** What is read of a call, or means nothing here; all else is handed on to the transport. */
export const OUR_OPTIONS: readonly string[] = [
  ...POLICIES,
  ...COMBINED,
  ...BODIES,
  'cookies',
  'signal',
  'platform',
  'duplex',
  'window',
]
/** All that a call may say: what is ours and the standard's, but not this engine's own. */
export const CALL_OPTIONS: readonly string[] = [...OUR_OPTIONS, ...REQUEST_DEFAULTS]

/** What a platform knows of options beyond ours and the standard's. */
export interface OptionKnowledge {
  /** Option names that only this platform's constructor takes. */
  readonly options?: readonly string[]
  /** Whether the engine's own `Request` reads a member of that name. Default: nobody knows. */
  readonly isEngineOption?: (name: string) => boolean
  /** What to say of a strange name beyond that: which known one it may mean, or nothing. */
  readonly suggest?: (strange: string, known: Iterable<string>) => string
}

/**
 * The options of a call, which are all known.
 *
 * @throws InvalidRequestError for one that no session, fetch or engine knows
 */
export function knownCallOptions(given: CallOptions | undefined, platform: OptionKnowledge): CallOptions {
  const call = own(given)
  for (const name of Object.keys(call))
    if (!CALL_OPTIONS.includes(name) && !platform.isEngineOption?.(name))
      throw unknownOption(name, CALL_OPTIONS, platform)
  return call
}

export function unknownOption(
  name: string,
  known: Iterable<string>,
  platform: OptionKnowledge,
): InvalidRequestError {
  const hint = platform.suggest?.(name, known) ?? ''
  return new InvalidRequestError(`There is no option "${name.slice(0, 40)}"${hint}`)
}
