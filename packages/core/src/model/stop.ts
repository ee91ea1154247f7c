import { InvalidRequestError } from './errors.js'

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

  /** Aborts when `signal` does, whoever made it; returns what lets go of it. */
  follow(signal: AbortSignal): () => void {
    checkSignal(signal)
    const leader = leaders.get(signal) ?? new Leader(signal)
    leaders.set(signal, leader)
    return leader.lead(this)
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
class Leader {
  readonly #cancellation = new Cancellation()
  readonly #signal: AbortSignal
  #followers = 0
  /** A function, which asks the signal: not all that are made by others take objects, or pass themselves in an event. */
  readonly #heed = (): void => this.#cancellation.abort(reasonOf(this.#signal))

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  lead(cancellation: Cancellation): () => void {
    if (this.#signal.aborted) this.#heed()
    else if (++this.#followers === 1) this.#signal.addEventListener('abort', this.#heed)
    let follows = !this.#signal.aborted
    const release = this.#cancellation.onAbort((reason) => cancellation.abort(reason))
    return () => {
      release()
      if (follows && --this.#followers === 0) this.#signal.removeEventListener('abort', this.#heed)
      follows = false
    }
  }
}

const leaders = /* @__PURE__ */ new WeakMap<AbortSignal, Leader>()

/** A signal may be older than reasons. */
function reasonOf({ reason }: AbortSignal): unknown {
  return reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason
}

/**
 * Looks at the shape, for a signal of another realm, or of a library, is one, too.
 *
 * @throws InvalidRequestError for what is no signal
 */
export function checkSignal(signal: unknown): void {
  const { aborted, addEventListener, removeEventListener } = Object(signal) as Partial<AbortSignal>
  const listens = typeof addEventListener === 'function' && typeof removeEventListener === 'function'
  if (typeof aborted !== 'boolean' || !listens) throw new InvalidRequestError('signal must be an AbortSignal')
}

/** Time, as a platform tells it. */
export interface Clock {
  /** A monotonic reading in milliseconds. */
  now(): number
  /**
   * Calls `fire` after `ms` milliseconds; returns what cancels it.
   * A timer that `holds` keeps a process alive until it fires; any other does not.
   */
  after(ms: number, fire: () => void, holds: boolean): () => void
  /** Keeps the process alive until `release` has been called as often. Default: no process ends by itself. */
  hold?(): void
  release?(): void
}

/** The clock of any engine with timers; nothing there asks whether a timer holds. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, fire) {
    const timer = setTimeout(fire, ms)
    return () => clearTimeout(timer)
  },
}
