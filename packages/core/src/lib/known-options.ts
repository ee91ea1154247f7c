import { InvalidRequestError } from './errors.js'
import { COMBINED, POLICIES, REQUEST_DEFAULTS } from './option-names.js'
import type { CallOptions } from './options.js'
import { own } from './own.js'

/** What is read of a call, or means nothing here; all else is handed on to the transport. */
const OURS: readonly string[] = [
  ...POLICIES,
  ...COMBINED,
  'json',
  'form',
  'multipart',
  'body',
  'cookies',
  'signal',
  'platform',
  'duplex',
  'window',
  'method',
]
const KNOWN: readonly string[] = [...OURS, ...REQUEST_DEFAULTS]

/** What a platform knows of options beyond ours and the standard's. */
export interface OptionKnowledge {
  /** Option names that only this platform's constructor takes. */
  readonly options?: readonly string[]
  /** Whether the engine's own `Request` reads a member of that name. Default: nobody knows. */
  readonly isEngineOption?: (name: string) => boolean
  /** Finds the known name nearest to a strange one. */
  readonly suggest?: (strange: string, known: Iterable<string>) => string | undefined
}

/** Whether an option of a call is read here, and not handed on to the transport. */
export function isOurOption(name: string): boolean {
  return OURS.includes(name)
}

/** Whether an option of a call is ours or the standard's, and not this engine's own. */
export function isKnownOption(name: string): boolean {
  return KNOWN.includes(name)
}

/**
 * The options of a call, which are all known.
 *
 * @throws InvalidRequestError for one that no session, fetch or engine knows
 */
export function knownCallOptions(
  given: CallOptions | undefined,
  platform: OptionKnowledge = {},
): CallOptions {
  const call = own(given)
  for (const name of Object.keys(call)) {
    if (name === 'method')
      throw new InvalidRequestError('method: the verb says it; use session.request(method, url)')
    if (!isKnownOption(name) && !platform.isEngineOption?.(name)) throw unknownOption(name, KNOWN, platform)
  }
  return call
}

export function unknownOption(
  name: string,
  known: Iterable<string>,
  { suggest }: OptionKnowledge,
): InvalidRequestError {
  const nearest = suggest?.(name, known)
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  return new InvalidRequestError(`There is no option "${name.slice(0, 40)}"${hint}`)
}
