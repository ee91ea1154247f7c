import { performance } from 'node:perf_hooks'
import * as timers from 'node:timers'
import type { Clock } from '@session-fetch/core/adapter'

/** The method of the prototype, because fake timers replace the global object or its own member. */
const performanceNow = methodOf(performance, 'now')

/** The engine's own `Date`. A fake one is a subclass of it, or shares its prototype. */
function nativeDate(): DateConstructor {
  const types = [Date.prototype.constructor, Object.getPrototypeOf(Date)] as DateConstructor[]
  return types.find((type) => /^function Date\(\) \{ \[native code\] \}$/.test(String(type))) ?? Date
}

const NativeDate = nativeDate()

/**
 * The timers and clocks that schedule I/O: when a request starts on a connection, how long a connection is kept, how
 * old a lock is. They are those of the engine even if a test installed fake timers before this module was loaded, so
 * that fake timers never stop I/O. Deadlines and back-offs use the global timers at call time instead, so that tests can
 * control them.
 */
export const io: {
  setImmediate: typeof timers.setImmediate
  setTimeout: typeof timers.setTimeout
  clearTimeout: typeof timers.clearTimeout
  setInterval: typeof timers.setInterval
  clearInterval: typeof timers.clearInterval
  queueMicrotask: typeof globalThis.queueMicrotask
  /** Monotonic time in milliseconds. */
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
  now: performanceNow.bind(performance),
  date: () => new NativeDate().getTime(),
}

/** Resolves after `ms` milliseconds. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    io.setTimeout(resolve, ms)
  })
}

const waiting: (() => void)[] = []

/**
 * Calls `run` at the end of this turn of the event loop, after the network events of the turn. All callbacks of a
 * turn share one immediate, because an immediate costs as much as the callback; if one throws, the others still run.
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
 * How long after its first response, in milliseconds, a connection is not used for a request that must not be sent
 * twice. A server that closes connections after a response without announcing it does so after the first response, so
 * each connection waits only once.
 */
const SETTLING = 10

/**
 * Calls `run` when a close by the server right after the response would have been detected: after one more poll of the
 * network, and on a new connection not before `SETTLING` has passed.
 *
 * @param freed When the connection's first response ended, by `io.now()`; `undefined` if it has had more than one.
 */
export function whenSettled(freed: number | undefined, run: () => void): void {
  const poll = (): unknown => io.setImmediate(() => io.setImmediate(run))
  const wait = freed === undefined ? 0 : freed + SETTLING - io.now()
  if (wait > 0) io.setTimeout(poll, wait)
  else poll()
}

/** Allows the process to exit before this timer fires. Fake timers may be plain numbers. */
export function unrefTimer(timer: { unref?: () => unknown }): void {
  timer.unref?.()
}

const LONGEST = 2 ** 31 - 1
let holders = 0
let handle: NodeJS.Timeout | undefined
/** Whether the timer keeps the process alive. */
let holds = false
let isReleasing = false

/** Keeps the process alive until `releaseProcess` has been called as often. All callers share one timer. */
export function holdProcess(): void {
  holders += 1
  if (holds) return
  holds = true
  handle ??= io.setInterval(() => {}, LONGEST)
  handle.ref()
}

/** Takes effect at the end of the turn, because a call often starts when another one ends. */
export function releaseProcess(): void {
  holders -= 1
  if (holders > 0 || isReleasing) return
  isReleasing = true
  atTurnEnd(unrefHandle)
}

function unrefHandle(): void {
  isReleasing = false
  if (holders > 0) return
  holds = false
  handle?.unref()
}

/** Node's clock: timers without `holds` do not keep the process alive. */
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

/** The method of an object's prototype, which fake timers do not replace; in Bun the object has its own. */
export function methodOf<Name extends string>(object: Record<Name, () => number>, name: Name): () => number {
  const inherited: unknown = Reflect.get(Object.getPrototypeOf(object) as object, name)
  return typeof inherited === 'function' ? (inherited as () => number) : object[name]
}
