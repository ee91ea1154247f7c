import { ConnectionError, InvalidRequestError } from '@session-fetch/core'
import { atStep } from './connect-step.js'

/** A connection that is about to be opened. */
export interface Dialled {
  /** The URL whose request opens the connection; later requests to its origin may share it. */
  readonly url: string
  /** The IP address that is dialled, or that the proxy is asked to reach. */
  readonly address: string
  /** The proxy whose address this is, without credentials; absent for the URL's own host. */
  readonly proxy?: string
}

/**
 * Decides whether an address may be dialled. `false`, or anything but `true` and nothing, refuses it with a
 * `ConnectionError`; what it throws reaches the caller.
 */
export type Guard = (dialled: Dialled) => boolean | void | Promise<boolean | void>

/** @throws ConnectionError when the guard refuses any of the addresses */
export async function askGuard(
  guard: Guard,
  where: { url: string; proxy?: string },
  addresses: readonly string[],
): Promise<void> {
  for (const address of addresses) {
    const answer: unknown = await atStep('caller', () => guard({ ...where, address }))
    if (answer === undefined || answer === true) continue
    throw new ConnectionError(`The guard refused the address ${address}`, { retryable: false })
  }
}

/** @throws InvalidRequestError for what is no function */
export function toGuard(guard: unknown): Guard | undefined {
  if (guard === undefined || guard === null) return undefined
  if (typeof guard === 'function') return guard as Guard
  throw new InvalidRequestError('guard must be a function')
}
