import { has } from '../model/own.js'
import { type SessionResponse, exchangeOf } from './session-response.js'

/** A response that knows by itself when its body is over. */
export interface Ending {
  whenDone(done: () => void): void
}

/** Calls `done` once, when the body is over or nobody can read it any more. */
export function whenDone(response: SessionResponse, done: () => void): void {
  if (has(response, 'whenDone')) return (response as Ending).whenDone(done)
  const known = exchangeOf(response)
  const { onDone } = known
  if (response.body === null || onDone === null) return done()
  known.onDone = () => {
    onDone?.() // another call may have returned it, and ends with it, too
    done()
  }
  abandoned?.register(response, done)
}

/** Detects native bodies that are garbage-collected unread. */
const abandoned =
  typeof FinalizationRegistry === 'function'
    ? /* @__PURE__ */ new FinalizationRegistry<() => void>((done) => done())
    : null
