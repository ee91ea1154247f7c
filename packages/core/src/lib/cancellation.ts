type Listener = (reason: unknown) => void

/**
 * Why and when a call must stop. It does what an `AbortController` does, but makes a real `AbortSignal`
 * only for those who ask: a signal costs more than all the rest of a call's bookkeeping.
 */
export class Cancellation {
  #stop: { reason: unknown } | undefined
  #controller: AbortController | undefined
  #listeners: Listener[] = []

  get aborted(): boolean {
    return this.#stop !== undefined
  }

  get reason(): unknown {
    return this.#stop?.reason
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    const { signal } = this.#controller
    if (this.#stop) this.#controller.abort(this.#stop.reason)
    return signal
  }

  /** Stops the call; the first reason stands. */
  abort(reason: unknown): void {
    if (this.#stop) return
    this.#stop = { reason }
    this.#controller?.abort(reason)
    while (this.#listeners.length > 0) this.#listeners.shift()?.(reason)
  }

  /** Calls `listener` once, at the abort or at once if it has been; returns what takes it off again. */
  onAbort(listener: Listener): () => void {
    if (this.#stop) listener(this.#stop.reason)
    else this.#listeners.push(listener)
    return () => {
      const at = this.#listeners.indexOf(listener)
      if (at >= 0) this.#listeners.splice(at, 1)
    }
  }

  /** Aborts when `signal` does; returns what lets go of it. */
  follow(signal: AbortSignal): () => void {
    const stop = (): void => this.abort(signal.reason)
    if (!signal.aborted) return followers(signal).add(stop)
    stop()
    return () => {}
  }

  throwIfAborted(): void {
    if (this.#stop) throw this.#stop.reason
  }

  /** Settles as `work` does, or rejects at the abort, whichever comes first. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const release = this.onAbort(reject)
      const settled =
        <V>(settle: (value: V) => void) =>
        (value: V): void => {
          release()
          settle(value)
        }
      work.then(settled(resolve), settled(reject))
    })
  }
}

interface Followers {
  add(stop: () => void): () => void
}

const followed = /* @__PURE__ */ new WeakMap<AbortSignal, Followers>()

/** One listener for each signal, however many calls follow it: Node warns of eleven. It goes with the last of them. */
function followers(signal: AbortSignal): Followers {
  const known = followed.get(signal)
  if (known) return known
  const stops = new Set<() => void>()
  const abort = (): void => stops.forEach((stop) => stop())
  const begun: Followers = {
    add(stop) {
      if (stops.size === 0) signal.addEventListener('abort', abort)
      stops.add(stop)
      return () => {
        stops.delete(stop)
        if (stops.size === 0) signal.removeEventListener('abort', abort)
      }
    },
  }
  followed.set(signal, begun)
  return begun
}
