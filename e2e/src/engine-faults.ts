import type { EngineName } from './engines/engine.js'
import type { Scheme } from './sites.js'

interface EngineFault {
  readonly engine: EngineName
  readonly schemes: readonly Scheme[]
  /** The contract's case. */
  readonly name: string
  /** What the case says when the engine does as it does. */
  readonly message: string
}

/**
 * Cases of the contract that an engine itself stands in the way of. Each is run, and must end with just that
 * message, so that a mended engine is noticed.
 */
const engineFaults: readonly EngineFault[] = [
  {
    // Its CookieStore marks each cookie as Secure, and a Secure cookie is only sent over https, also on loopback.
    engine: 'webkit',
    schemes: ['http'],
    name: 'cookies: can be set and deleted by the caller',
    message: 'expected {"mine":"yes","other":"1"}, got {}',
  },
  {
    // Reading a body that a reader holds is refused, and takes the body all the same.
    engine: 'firefox',
    schemes: ['http', 'https'],
    name: 'responses: cannot be read while a reader locks the body',
    message: 'Body has already been consumed',
  },
]

/** What the case must end with in that engine, if not well. */
export function engineFault(engine: EngineName, scheme: Scheme, name: string): string | undefined {
  const fault = engineFaults.find(
    (fault) => fault.engine === engine && fault.name === name && fault.schemes.includes(scheme),
  )
  return fault?.message
}
