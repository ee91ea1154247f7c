import { SessionError, TimeoutError } from './errors.js'

/** An error as fetch's contract has it: a `TypeError` with ours as its cause; aborts and timeouts pass. */
export function asFetchError(error: unknown): unknown {
  if (!(error instanceof SessionError) || error instanceof TimeoutError) return error
  return new TypeError(error.message, { cause: error })
}
