import { beforeEach, describe, expect, it, vi } from 'vitest'
import { fakeIo } from '../../test/fake-io.js'
import { SILENCE, watchSilence } from './health.js'

beforeEach(() => fakeIo())

/** A connection of which a test says what it does. */
function watched() {
  const socket = { bytesRead: 0 }
  const state = { busy: true, asked: 0 }
  const end = watchSilence(socket, {
    isBusy: () => state.busy,
    ping(answered) {
      state.asked += 1
      socket.bytesRead += 17
      answered()
    },
  })
  return { socket, state, end }
}

describe('watchSilence', () => {
  it('pings once per silence', () => {
    const { state } = watched()
    vi.advanceTimersByTime(20 * SILENCE)
    expect(state.asked).toBe(1)
  })

  it('pings again in the next silence', () => {
    const { socket, state } = watched()
    vi.advanceTimersByTime(3 * SILENCE)
    socket.bytesRead += 1
    vi.advanceTimersByTime(3 * SILENCE)
    expect(state.asked).toBe(2)
  })

  it('does not ping while bytes arrive, while idle, or after the end', () => {
    const { socket, state, end } = watched()
    for (let times = 0; times < 5; times += 1) {
      socket.bytesRead += 1
      vi.advanceTimersByTime(SILENCE)
    }
    state.busy = false
    vi.advanceTimersByTime(5 * SILENCE)
    state.busy = true
    vi.advanceTimersByTime(SILENCE)
    end()
    vi.advanceTimersByTime(5 * SILENCE)
    expect([state.asked, vi.getTimerCount()]).toEqual([0, 0])
  })
})
