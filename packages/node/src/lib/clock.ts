import type { Clock } from '@session-fetch/core'
import { holdProcess, releaseProcess } from './hold-process.js'
import { unhold } from './io.js'

/** Node's clock: a timer that does not hold lets the process end before it fires. */
export const nodeClock: Clock = {
  now: () => performance.now(),
  after(ms, fire, holds) {
    const timer = setTimeout(fire, ms)
    if (!holds) unhold(timer)
    return () => clearTimeout(timer)
  },
  hold: holdProcess,
  release: releaseProcess,
}
