import type { IncomingBody } from './incoming-body.js'

/** Statuses that never have a body (Fetch, "null body status"). */
const NULL_BODY = [204, 205, 304]

/** A response's body, or `null` where there may be none. What comes all the same has a moment to end by itself. */
export function bodyOrNull(incoming: IncomingBody, method: string, status: number): IncomingBody | null {
  if (method !== 'HEAD' && !NULL_BODY.includes(status)) return incoming
  void incoming.discard()
  return null
}
