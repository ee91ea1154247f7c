type Listener = (reason: unknown) => void

/**
 * Why and when a call must stop. It does what an `AbortController` does, but makes a real `AbortSignal`
 * only for those who ask: a signal costs more than all the rest of a call's bookkeeping.
 */
export class Cancellation {
  /** `abort()` sets these. */
  aborted = false
  reason: unknown
  #controller: AbortController | undefined
  /** Not a Set, whose tables outlive what was in them. */
  #listeners: Listener[] = []

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    const { signal } = this.#controller
    if (this.aborted) this.#controller.abort(this.reason)
    return signal
  }

  /** Stops the call; the first reason stands. */
  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    this.#controller?.abort(reason)
    while (this.#listeners.length > 0) this.#listeners.shift()?.(reason)
  }

  /** Calls `listener` once, at the abort or at once if it has been; returns what takes it off again. */
  onAbort(listener: Listener): () => void {
    if (this.aborted) listener(this.reason)
    else this.#listeners.push(listener)
    return () => {
      const at = this.#listeners.indexOf(listener)
      if (at >= 0) this.#listeners.splice(at, 1)
    }
  }

  /** Aborts when `signal` does; returns what lets go of it. */
  follow(signal: AbortSignal): () => void {
    if (signal.aborted) this.abort(signal.reason)
    const leader = leaders.get(signal) ?? new Cancellation()
    leaders.set(signal, leader)
    if (leader.#listeners.length === 0) signal.addEventListener('abort', leader)
    const release = leader.onAbort((reason) => this.abort(reason))
    return () => {
      release()
      if (leader.#listeners.length === 0) signal.removeEventListener('abort', leader)
    }
  }

  /** Listens to a signal. */
  handleEvent({ target }: Event): void {
    this.abort((target as AbortSignal).reason) // it listens to nothing else
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }

  /**
   * Settles as `work` does, or rejects at the abort, whichever comes first. What came is let go of: a call outlives
   * its response, which may be one that nobody reads.
   */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const release = this.onAbort(reject)
      work.then(
        (value) => {
          release()
          return resolve(value)
        },
        (error: unknown) => {
          release()
          return reject(error)
        },
      )
    })
  }
}

/** The one that listens to a signal, for however many calls follow it: Node warns of eleven. It goes with the last. */
const leaders = /* @__PURE__ */ new WeakMap<AbortSignal, Cancellation>()
