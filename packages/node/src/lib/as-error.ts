/** An error that stands for a value which is none. */
class ThrownValue extends Error {}

/** A reason as sockets and streams want it; a reason, and what a caller's own code throws, may be any value. */
export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new ThrownValue('Aborted', { cause: reason })
}

/** The value that an error of `asError` stands for; any other error is itself. */
export function thrownValue(error: unknown): unknown {
  return error instanceof ThrownValue ? error.cause : error
}
