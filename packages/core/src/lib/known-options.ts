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
  'method',
])
const SESSION = new Set<string>([...SHARED, ...REQUEST_DEFAULTS, 'baseUrl', 'origins', 'unsupported'])

/** Finds the known name nearest to a strange one; platforms that can afford it give one. */
export type Suggest = (strange: string, known: Iterable<string>) => string | undefined

/** @throws InvalidRequestError for an option that no session, fetch or engine knows */
export function checkCallOptions(call: object, suggest?: Suggest): void {
  for (const name of Object.keys(call)) {
    if (!CALL.has(name) && !engineMembers().has(name)) throw unknownOption(name, CALL, suggest)
  }
}

/** @throws InvalidRequestError for an option that neither sessions nor this platform know */
export function checkSessionOptions(options: object, platform: readonly string[], suggest?: Suggest): void {
  for (const name of Object.keys(options)) {
    if (!SESSION.has(name) && !platform.includes(name))
      throw unknownOption(name, [...SESSION, ...platform], suggest)
  }
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
