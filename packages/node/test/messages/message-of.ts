import { expect } from 'vitest'

/** The message of the error of a cause, whether it throws or rejects. */
export async function messageOf(cause: () => unknown): Promise<string> {
  const error: unknown = await Promise.resolve()
    .then(cause)
    .then(
      () => expect.unreachable('nothing failed'),
      (reason: unknown) => reason,
    )
  expect(error).toBeInstanceOf(Error)
  return (error as Error).message
}
