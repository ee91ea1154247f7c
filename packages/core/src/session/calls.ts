import type { Life } from '../call/call.js'
import { SessionClosedError } from '../model/errors.js'
import type { Stop } from '../model/stop.js'
import type { PreparedRequest } from '../request/prepared-request.js'

interface Entry {
  readonly request: PreparedRequest
  readonly cancellation: Stop
  /** Its index in the list. */
  at: number
}

/** The pending calls of a session, from their start to the last body byte. */
export class InFlight implements Life {
  /** not a Map, whose old tables keep removed entries alive */
  readonly #open: Entry[] = []
  readonly signal = null

  add(request: PreparedRequest, cancellation: Stop): () => void {
    const entry = { request, cancellation, at: this.#open.length }
    this.#open.push(entry)
    return () => this.#remove(entry)
  }

  abort(reason?: unknown): void {
    for (const { cancellation, request } of this.#open.splice(0)) {
      cancellation.abort(
        reason ?? new SessionClosedError('The session was closed during this call', { request }),
      )
    }
  }

  /** Moves the last entry into the free place. */
  #remove(entry: Entry): void {
    const { at } = entry
    if (this.#open[at] !== entry) return
    const last = this.#open.pop()
    if (last === undefined || last === entry) return
    this.#open[at] = last
    last.at = at
  }
}

/** The same by a signal, which the calls of a page follow. */
export function nativeLife(): Life {
  let controller = new AbortController()
  return {
    get signal() {
      return controller.signal
    },
    add: () => undefined,
    abort(reason = new SessionClosedError('The session was closed during this call')) {
      controller.abort(reason)
      controller = new AbortController()
    },
  }
}
