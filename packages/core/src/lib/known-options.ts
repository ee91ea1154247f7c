import { InvalidRequestError } from './errors.js'
import { PLAIN_SETTINGS } from './session-defaults.js'

const SHARED = [...PLAIN_SETTINGS, 'headers', 'params', 'auth', 'hooks']
const CALL = new Set<string>([
  ...SHARED,
  'json',
  'form',
  'multipart',
  'body',
  'cookies',
  'signal',
  'platform',
  'duplex',
  'window',
])
const SESSION = [...SHARED, 'baseUrl', 'origins', 'unsupported']

/** What a platform knows of options beyond ours and the standard's. */
export interface OptionKnowledge {
  /** Option names that only this platform's constructor takes. */
  readonly options?: readonly string[]
  /** Whether the engine's own `Request` reads a member of that name. Default: nobody knows. */
  readonly isEngineOption?: (name: string) => boolean
  /** Finds the known name nearest to a strange one. */
  readonly suggest?: (strange: string, known: Iterable<string>) => string | undefined
}

/** Whether an option of a call is ours or the standard's, and not this engine's own. */
export function isKnownOption(name: string): boolean {
  return CALL.has(name) || name === 'method'
}

/** @throws InvalidRequestError for an option that no session, fetch or engine knows */
export function checkCallOptions(call: object, platform: OptionKnowledge = {}): void {
  for (const name of Object.keys(call)) {
    if (CALL.has(name)) continue
    if (name === 'method')
      throw new InvalidRequestError('method: the verb says it; use session.request(method, url)')
    if (!platform.isEngineOption?.(name)) throw unknownOption(name, CALL, platform)
  }
}

/**
 * The options of a session that are this engine's own.
 *
 * @throws InvalidRequestError for one that neither sessions, this platform nor this engine know
 */
export function engineOptions(options: object, platform: OptionKnowledge = {}): readonly string[] {
  const known = [...SESSION, ...(platform.options ?? [])]
  const strange = Object.keys(options).filter((name) => !known.includes(name))
  for (const name of strange)
    if (isKnownOption(name) || !platform.isEngineOption?.(name)) throw unknownOption(name, known, platform)
  return strange
}

function unknownOption(
  name: string,
  known: Iterable<string>,
  { suggest }: OptionKnowledge,
): InvalidRequestError {
  const nearest = suggest?.(name, known)
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  return new InvalidRequestError(`There is no option "${name.slice(0, 40)}"${hint}`)
}
