import { describe, expect, it } from 'vitest'
import { methodOf } from './io.js'

describe('methodOf', () => {
  class Clock {
    now(): number {
      return 1
    }
  }

  it("is the class's, if the object has a fake of its own", () => {
    const clock = Object.assign(new Clock(), { now: () => 2 })
    expect(methodOf(clock, 'now').call(clock)).toBe(1)
  })

  it("is the object's, if the class has none, as in Bun", () => {
    expect(methodOf({ now: () => 2 }, 'now')()).toBe(2)
  })
})
