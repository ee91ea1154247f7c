import type { Life } from '../call/call.js'
import { SessionClosedError } from '../model/errors.js'
import type { Stop } from '../model/stop.js'
import type { PreparedRequest } from '../request/prepared-request.js'

interface Entry {
  readonly request: PreparedRequest
  readonly cancellation: Stop
  /** Where it stands in the list. */
  at: number
}

/** The calls of a session that are under way, from their start to their last body byte. */
export class InFlight implements Life {
  /** Not a Map: the tables that a busy Map outgrows keep alive what was in them. */
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

  /** The last takes the place of the one that goes. */
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
