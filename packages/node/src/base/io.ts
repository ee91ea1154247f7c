import * as timers from 'node:timers'
import type { Clock } from '@session-fetch/core/adapter'

/**
 * The timers and clocks that schedule I/O: when a request begins on a connection, how long a connection is kept, how
 * old a lock is. They are taken once, when this module loads, so that fake timers which a test installs later never
 * stop I/O. Deadlines and back-offs do not belong here: they use the global timers when they begin, so that a test can
 * drive them.
 */
export const io: {
  setImmediate: typeof timers.setImmediate
  setTimeout: typeof timers.setTimeout
  clearTimeout: typeof timers.clearTimeout
  setInterval: typeof timers.setInterval
  clearInterval: typeof timers.clearInterval
  queueMicrotask: typeof globalThis.queueMicrotask
  /** A monotonic reading in milliseconds. */
  now: () => number
  /** Milliseconds since 1970. */
  date: () => number
} = {
  setImmediate: timers.setImmediate,
  setTimeout: timers.setTimeout,
  clearTimeout: timers.clearTimeout,
  setInterval: timers.setInterval,
  clearInterval: timers.clearInterval,
  queueMicrotask: globalThis.queueMicrotask,
  now: performance.now.bind(performance),
  date: Date.now,
}

/** Resolves after `ms` milliseconds. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    io.setTimeout(resolve, ms)
  })
}

const waiting: (() => void)[] = []

/**
 * Calls `run` at the end of this turn of the event loop, after what came from the network in it. All calls of a turn
 * share one immediate, which costs as much as they do; one that throws does not take the others with it.
 */
export function atTurnEnd(run: () => void): void {
  if (waiting.push(run) === 1) io.setImmediate(runWaiting)
}

function runWaiting(): void {
  const runs = waiting.splice(0)
  let at = 0
  try {
    while (at < runs.length) runs[at++]?.()
  } finally {
    for (; at < runs.length; at += 1) atTurnEnd(runs[at] as () => void)
  }
}

/**
 * How long after its first response, in milliseconds, a connection carries no request that must not be repeated. A
 * server that closes connections after a response, without having said so, closes them after the first: the price is
 * paid once for each connection.
 */
const QUIET = 10

/**
 * Calls `run` when a server that closes a connection right after a response has been heard: when the event loop has
 * asked the network once more for what came, and not before a new connection was quiet for a moment.
 *
 * @param freed When the first response of the connection ended, as `io.now` tells it; `undefined` where the connection
 *   has carried more.
 */
export function whenQuiet(freed: number | undefined, run: () => void): void {
  const poll = (): unknown => io.setImmediate(() => io.setImmediate(run))
  const wait = freed === undefined ? 0 : freed + QUIET - io.now()
  if (wait > 0) io.setTimeout(poll, wait)
  else poll()
}

/** Lets the process end before this timer fires. A fake timer may be no more than a number. */
export function unrefTimer(timer: { unref?: () => unknown }): void {
  timer.unref?.()
}

const LONGEST = 2 ** 31 - 1
let holders = 0
let handle: NodeJS.Timeout | undefined
/** Whether the handle holds the process. */
let holds = false
let isLetGo = false

/** Keeps the process alive until `releaseProcess` has been called as often. All holders share one timer. */
export function holdProcess(): void {
  holders += 1
  if (holds) return
  holds = true
  handle ??= io.setInterval(() => {}, LONGEST)
  handle.ref()
}

/** At the end of the turn, for where one call ends another often begins. */
export function releaseProcess(): void {
  holders -= 1
  if (holders > 0 || isLetGo) return
  isLetGo = true
  atTurnEnd(letGo)
}

function letGo(): void {
  isLetGo = false
  if (holders > 0) return
  holds = false
  handle?.unref()
}

/** Node's clock: a timer that does not hold lets the process end before it fires. */
export const nodeClock: Clock = {
  now: () => performance.now(),
  after(ms, fire, holds) {
    const timer = setTimeout(fire, ms)
    if (!holds) unrefTimer(timer)
    return () => clearTimeout(timer)
  },
  hold: holdProcess,
  release: releaseProcess,
}
