/** An abort's reason as sockets and streams want it; a reason may be any value. */
export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('Aborted', { cause: reason })
}
