import type { CallOptions } from './options.js'
import type { ResponsePromise } from './response-promise.js'
import type { Session } from './session.js'

/** One verb of the functional API. */
export type Verb = (url: string | URL, init?: CallOptions) => ResponsePromise

/**
 * A verb whose every call has a session of its own, forgotten with it.
 *
 * @param create Makes the session of one call.
 */
export function functionalVerb(method: string, create: () => Session): Verb {
  return (url, init) => create().request(method, url, init)
}
