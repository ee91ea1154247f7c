import { onTestFinished, vi } from 'vitest'
import { io } from '../src/base/io.js'

/** Fakes the timers of a test, and those that schedule I/O as well, until the test is over. */
export function fakeIo(toFake?: Parameters<typeof vi.useFakeTimers>[0]): void {
  const real = { ...io }
  vi.useFakeTimers(toFake)
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis
  Object.assign(io, { setTimeout, clearTimeout, setInterval, clearInterval })
  onTestFinished(() => {
    Object.assign(io, real)
    vi.useRealTimers()
  })
}
