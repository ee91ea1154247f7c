type Listener = (reason: unknown) => void

/**
 * Why and when a call must stop. It does what an `AbortController` does, but makes a real `AbortSignal`
 * only for those who ask: a signal costs more than all the rest of a call's bookkeeping.
 */
export class Cancellation {
  #stop: { reason: unknown } | undefined
  #controller: AbortController | undefined
  readonly #listeners = new Set<Listener>()

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
    for (const listener of this.#listeners) listener(reason)
  }

  /** Calls `listener` once, at the abort or at once if it has been; returns what takes it off again. */
  onAbort(listener: Listener): () => void {
    if (this.#stop) listener(this.#stop.reason)
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Aborts when `signal` does; returns what lets go of it. */
  follow(signal: AbortSignal): () => void {
    if (signal.aborted) this.abort(signal.reason)
    const followers = followersOf(signal)
    if (followers.size === 0) signal.addEventListener('abort', followers)
    followers.add(this)
    return () => {
      followers.delete(this)
      if (followers.size === 0) signal.removeEventListener('abort', followers)
    }
  }

  throwIfAborted(): void {
    if (this.#stop) throw this.#stop.reason
  }

  /** Settles as `work` does, or rejects at the abort, whichever comes first. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.onAbort(reject)
      work.then(resolve, reject)
    })
  }
}

/** One listener for each signal, however many calls follow it: Node warns of eleven. It goes with the last of them. */
class Followers extends Set<Cancellation> {
  handleEvent({ target }: Event): void {
    for (const follower of this) follower.abort((target as AbortSignal).reason) // it listens to nothing else
  }
}

const followed = /* @__PURE__ */ new WeakMap<AbortSignal, Followers>()

function followersOf(signal: AbortSignal): Followers {
  const followers = followed.get(signal) ?? new Followers()
  followed.set(signal, followers)
  return followers
}
