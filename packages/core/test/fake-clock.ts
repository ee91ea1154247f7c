import type { Clock } from '../src/model/stop.js'

interface Timer {
  readonly at: number
  readonly fire: () => void
}

/** A clock that only a test advances; back-offs end immediately. */
export class FakeClock implements Clock {
  /** The back-offs that were waited for, in milliseconds. */
  readonly waits: number[] = []
  /** Whether back-offs pass by themselves. */
  passesWaits = true
  #now = 0
  readonly #timers = new Set<Timer>()
  #onTimer: (() => void) | undefined

  now(): number {
    return this.#now
  }

  after(ms: number, fire: () => void, holds: boolean): () => void {
    const timer = { at: this.#now + ms, fire }
    this.#timers.add(timer)
    this.#onTimer?.()
    if (holds) this.waits.push(ms)
    if (holds && this.passesWaits) queueMicrotask(() => this.advance(ms))
    return () => this.#timers.delete(timer)
  }

  /** How many timers are running. */
  get running(): number {
    return this.#timers.size
  }

  /** Resolves when the next timer is set. */
  timerSet(): Promise<void> {
    return new Promise((resolve) => {
      this.#onTimer = resolve
    })
  }

  /** Moves time on, and fires what is due, in order. */
  advance(ms: number): void {
    this.#now += ms
    const due = [...this.#timers].filter((timer) => timer.at <= this.#now).sort((a, b) => a.at - b.at)
    for (const timer of due) if (this.#timers.delete(timer)) timer.fire()
  }
}
