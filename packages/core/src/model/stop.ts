import { InvalidRequestError } from './errors.js'
import { own } from './own.js'

type Listener = (reason: unknown) => void

/** Whether a call must stop, and why. Each platform makes its own: Node `Cancellation`, a page `nativeStop()`. */
export interface Stop {
  readonly aborted: boolean
  /** The reason of the first abort. */
  readonly reason: unknown
  readonly signal: AbortSignal
  /** Aborts the call; the first reason wins. */
  abort(reason: unknown): void
  /** Calls `listener` once, at the abort, or immediately if already aborted. Returns a function that removes it. */
  onAbort(listener: Listener): () => void
  throwIfAborted(): void
  /** Settles as `work` does, or rejects at the abort, whichever comes first. */
  race<T>(work: Promise<T>): Promise<T>
  /** Stops following signals. */
  release(): void
}

/** Creates the `Stop` of a call, which `abort()` or one of these signals triggers. */
export type MakeStop = (...followed: readonly (AbortSignal | null | undefined)[]) => Stop

/**
 * A `Stop` for Node. Like an `AbortController`, but it creates an `AbortSignal` only when `signal` is read: a signal
 * costs more than the rest of a call's bookkeeping, and `AbortSignal.any` leaks on long-lived signals in Node
 * (nodejs/node#55351).
 */
export class Cancellation implements Stop {
  /** `abort()` sets these. */
  aborted = false
  reason: unknown
  #controller: AbortController | undefined
  /** not a Set, whose tables keep removed entries alive */
  #listeners: Listener[] = []
  #followed: (() => void)[] | undefined

  static readonly make: MakeStop = (...followed) => {
    const cancellation = new Cancellation()
    for (const signal of followed)
      if (signal) (cancellation.#followed ??= []).push(cancellation.follow(signal))
    return cancellation
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    const { signal } = this.#controller
    if (this.aborted) this.#controller.abort(this.reason)
    return signal
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    this.#controller?.abort(reason)
    while (this.#listeners.length > 0) this.#listeners.shift()?.(reason)
  }

  onAbort(listener: Listener): () => void {
    if (this.aborted) listener(this.reason)
    else this.#listeners.push(listener)
    return () => {
      const at = this.#listeners.indexOf(listener)
      if (at >= 0) this.#listeners.splice(at, 1)
    }
  }

  /**
   * Aborts when `signal` does; it may be of another realm or a polyfill. Returns a function that stops
   * following.
   */
  follow(signal: AbortSignal): () => void {
    checkSignal(signal)
    const shared = sharedListeners.get(signal) ?? new SharedListener(signal)
    sharedListeners.set(signal, shared)
    return shared.attach(this)
  }

  release(): void {
    this.#followed?.splice(0).forEach((release) => release())
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason
  }

  /**
   * Settles like `work`, or rejects at the abort, whichever comes first. Keeps no reference to the result: a
   * call lives as long as the response.
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

/**
 * The only listener of a signal, however many calls follow it, because Node warns of more than ten. Removed
 * with the last follower.
 */
class SharedListener {
  readonly #cancellation = new Cancellation()
  readonly #signal: AbortSignal
  #followers = 0
  /** a function that reads the signal: polyfills may not accept listener objects, or pass an event target */
  readonly #onAbort = (): void => this.#cancellation.abort(reasonOf(this.#signal))

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  attach(cancellation: Cancellation): () => void {
    if (this.#signal.aborted) this.#onAbort()
    else if (++this.#followers === 1) this.#signal.addEventListener('abort', this.#onAbort)
    let follows = !this.#signal.aborted
    const release = this.#cancellation.onAbort((reason) => cancellation.abort(reason))
    return () => {
      release()
      if (follows && --this.#followers === 0) this.#signal.removeEventListener('abort', this.#onAbort)
      follows = false
    }
  }
}

const sharedListeners = /* @__PURE__ */ new WeakMap<AbortSignal, SharedListener>()

/** Polyfilled signals may have no `reason`. */
function reasonOf({ reason }: AbortSignal): unknown {
  return reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason
}

/**
 * Duck-typed, because a signal may be of another realm or a polyfill.
 *
 * @throws InvalidRequestError if it is not a signal
 */
export function checkSignal(signal: unknown): void {
  const { aborted, addEventListener, removeEventListener } = Object(signal) as Partial<AbortSignal>
  const listens = typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  if (typeof aborted !== 'boolean' || !listens) throw new InvalidRequestError('signal must be an AbortSignal')
}

/** A `Stop` over the engine's own signals, for pages. */
export const nativeStop: MakeStop = (...followed) => {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, ...followed.filter((other) => other != null)])
  const onAbort: Stop['onAbort'] = (listener) => {
    const notify = (): void => listener(signal.reason)
    if (signal.aborted) notify()
    else signal.addEventListener('abort', notify)
    return () => signal.removeEventListener('abort', notify)
  }
  return {
    signal,
    onAbort,
    get aborted() {
      return signal.aborted
    },
    get reason(): unknown {
      return signal.reason
    },
    abort: (reason) => controller.abort(reason),
    release: () => {}, // the engine removes followers that are no longer referenced
    throwIfAborted: () => signal.throwIfAborted(),
    race: (work) =>
      new Promise((resolve, reject) => {
        const release = onAbort(reject)
        void work.then(resolve, reject).finally(release)
      }),
  }
}

/** The clock and timers of a platform. */
export interface Clock {
  /** Monotonic time in milliseconds. */
  now(): number
  /**
   * Calls `fire` after `ms` milliseconds; returns a function that cancels it. With `holds`, the timer keeps the
   * process alive until it fires.
   */
  after(ms: number, fire: () => void, holds: boolean): () => void
  /** Keeps the process alive until `release` has been called as often. Missing on platforms without processes. */
  hold?(): void
  release?(): void
}

/** The default clock. Ignores `holds`: only Node can unref a timer. */
export const systemClock: Clock = /* @__PURE__ */ own<Clock>({
  now: () => performance.now(),
  after(ms, fire) {
    const timer = setTimeout(fire, ms)
    return () => clearTimeout(timer)
  },
})
