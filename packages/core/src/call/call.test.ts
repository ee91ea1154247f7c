import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fake-clock.js'
import { prepared } from '../../test/test-session.js'
import { Cancellation } from '../model/stop.js'
import { type Call, type Caller, startCall } from './call.js'
import type { CallOptions } from './options.js'

/** A call on that clock, of a caller that keeps no list. */
function begun(clock: FakeClock, init?: CallOptions): Call {
  const caller = { platform: { clock, stop: Cancellation.make } } as unknown as Caller // startCall() asks for nothing else
  return startCall(caller, prepared('https://api.test/', init))
}

describe('startCall', () => {
  it('has a deadline, and clears its timer at the end', () => {
    const clock = new FakeClock()
    clock.advance(10)
    const call = begun(clock, { timeout: 5 })
    expect([call.deadline, clock.running]).toEqual([15, 1])
    call.end()
    call.end()
    expect(clock.running).toBe(0)
  })

  it('has neither deadline nor timer without a timeout', () => {
    const clock = new FakeClock()
    expect([begun(clock).deadline, clock.running]).toEqual([Infinity, 0])
  })
})
