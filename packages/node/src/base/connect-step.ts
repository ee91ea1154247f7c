/**
 * The step at which a connection failed. `connect` also covers the time until the connection ends; `caller` is a
 * function that the caller passed, such as a guard.
 */
export type ConnectStep = 'lookup' | 'caller' | 'connect' | 'tls'

const steps = new WeakMap<Error, ConnectStep>()

/** Resolver codes for names that have no address, and will have none on a retry. */
const NO_ADDRESS = /^(?:ENOTFOUND|ENODATA|ENONAME|EBADNAME|EAI_(?!AGAIN))/
const RESET = /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/

/** Records the step at which an error arose, regardless of the code. The first recorded step is kept. */
export function markStep(step: ConnectStep, cause: unknown): Error {
  const error = cause instanceof Error ? cause : new Error(String(cause), { cause })
  if (!steps.has(error)) steps.set(error, step)
  return error
}

/** Runs a step, and records it on the error if it fails. */
export async function atStep<T>(step: ConnectStep, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    throw markStep(step, cause)
  }
}

/** The recorded step of an error, if any. */
export function stepOf(error: Error): ConnectStep | undefined {
  return steps.get(error)
}

/** Whether the resolver's code means that the name has no address. */
export function hasNoAddress({ code = '' }: NodeJS.ErrnoException): boolean {
  return NO_ADDRESS.test(code)
}

/** Whether the peer reset or closed the connection. */
export function isReset({ code = '' }: NodeJS.ErrnoException): boolean {
  return RESET.test(code)
}

/**
 * Whether the connection itself failed, as opposed to the protocol spoken over it. OpenSSL errors have a `syscall`,
 * too.
 */
export function isConnectionLoss({ code = '', syscall }: NodeJS.ErrnoException): boolean {
  return RESET.test(code) || (syscall !== undefined && code !== 'EPROTO')
}

/** Whether a retry may succeed. Codes that start with `ERR_` come from Node itself, before any attempt. */
export function isTransient(error: NodeJS.ErrnoException): boolean {
  const step = steps.get(error)
  if (step === 'lookup') return !hasNoAddress(error)
  if (step === 'connect') return error.code?.startsWith('ERR_') !== true
  return isConnectionLoss(error)
}
