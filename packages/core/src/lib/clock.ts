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
