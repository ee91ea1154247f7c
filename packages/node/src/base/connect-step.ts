/** What was being done when it failed: `connect` until the connection ends; `caller` is code of the caller's, such as a guard. */
export type ConnectStep = 'lookup' | 'caller' | 'connect' | 'tls'

const steps = new WeakMap<Error, ConnectStep>()

/** What resolvers say of a name that has no address, and will have none on another try. */
const NO_ADDRESS = /^(?:ENOTFOUND|ENODATA|ENONAME|EBADNAME|EAI_(?!AGAIN))/
const RESET = /^(?:ECONNRESET|EPIPE)$/

/** Remembers at which step an error arose, whatever its code is; the first step that is told stands. */
export function markStep(step: ConnectStep, cause: unknown): Error {
  const error = cause instanceof Error ? cause : new Error(String(cause), { cause })
  if (!steps.has(error)) steps.set(error, step)
  return error
}

/** Waits for a step, and remembers it where it fails. */
export async function atStep<T>(step: ConnectStep, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    throw markStep(step, cause)
  }
}

/** The step at which an error arose, where that is known. */
export function stepOf(error: Error): ConnectStep | undefined {
  return steps.get(error)
}

/** Whether a name has no address, as far as the resolver's code tells. */
export function hasNoAddress({ code = '' }: NodeJS.ErrnoException): boolean {
  return NO_ADDRESS.test(code)
}

/** Whether the peer reset or closed the connection. */
export function isReset({ code = '' }: NodeJS.ErrnoException): boolean {
  return RESET.test(code)
}

/** Whether the connection failed, and not what was said over it. OpenSSL's faults are of a system call, too. */
export function isConnectionLoss({ code = '', syscall }: NodeJS.ErrnoException): boolean {
  return RESET.test(code) || (syscall !== undefined && code !== 'EPROTO')
}

/** Whether the same attempt may succeed later. A code of `ERR_` is of Node's own: it was not even tried. */
export function isTransient(error: NodeJS.ErrnoException): boolean {
  const step = steps.get(error)
  if (step === 'lookup') return !hasNoAddress(error)
  if (step === 'connect') return error.code?.startsWith('ERR_') !== true
  return isConnectionLoss(error)
}
