import { InvalidRequestError } from './errors.js'
import { REQUEST_DEFAULTS } from './session-defaults.js'

const SHARED = ['headers', 'params', 'auth', 'hooks', 'timeout', 'retry', 'maxRedirects', 'throwHttpErrors']
const CALL = new Set<string>([
  ...SHARED,
  ...REQUEST_DEFAULTS,
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
const SESSION = new Set<string>([...SHARED, ...REQUEST_DEFAULTS, 'baseUrl', 'origins', 'unsupported'])

/** Finds the known name nearest to a strange one; platforms that can afford it give one. */
export type Suggest = (strange: string, known: Iterable<string>) => string | undefined

/** Whether an option of a call is ours or the standard's, and not this engine's own. */
export function isKnownOption(name: string): boolean {
  return CALL.has(name) || name === 'method'
}

/** @throws InvalidRequestError for an option that no session, fetch or engine knows */
export function checkCallOptions(call: object, suggest?: Suggest): void {
  for (const name of Object.keys(call)) {
    if (CALL.has(name)) continue
    if (name === 'method')
      throw new InvalidRequestError('method: the verb says it; use session.request(method, url)')
    if (!engineMembers().has(name)) throw unknownOption(name, CALL, suggest)
  }
}

/** @throws InvalidRequestError for an option that neither sessions, this platform nor this engine know */
export function checkSessionOptions(options: object, platform: readonly string[], suggest?: Suggest): void {
  for (const name of engineOptions(options, platform)) {
    if (!isKnownOption(name) && engineMembers().has(name)) continue
    throw unknownOption(name, [...SESSION, ...platform], suggest)
  }
}

/** The options of a session that neither we nor the platform know: what is left may be this engine's own. */
export function engineOptions(options: object, platform: readonly string[]): readonly string[] {
  return Object.keys(options).filter((name) => !SESSION.has(name) && !platform.includes(name))
}

let members: Set<string> | undefined

/** What this engine's own `Request` reads from its options: asked once, and only when a strange name turns up. */
function engineMembers(): Set<string> {
  if (members) return members
  const read = new Set<string>()
  const asked = new Proxy(
    {},
    {
      get(_target, name) {
        if (typeof name === 'string') read.add(name)
      },
    },
  )
  Reflect.construct(Request, ['http://localhost/', asked])
  members = read
  return read
}

function unknownOption(
  name: string,
  known: Iterable<string>,
  suggest: Suggest | undefined,
): InvalidRequestError {
  const nearest = suggest?.(name, known)
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`
  return new InvalidRequestError(`There is no option "${name.slice(0, 40)}"${hint}`)
}
