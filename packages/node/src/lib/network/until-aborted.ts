/** Settles as `work` does, or rejects at the abort: what looks up a name, or guards an address, may never answer. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', stop)
    const settle = (end: () => void): void => {
      signal.removeEventListener('abort', stop)
      end()
    }
    work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    )
  })
}
