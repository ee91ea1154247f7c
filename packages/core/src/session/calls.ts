import { SessionClosedError } from '../model/errors.js'
import type { Cancellation } from '../model/stop.js'
import type { PreparedRequest } from '../request/prepared-request.js'

interface Entry {
  readonly request: PreparedRequest
  readonly cancellation: Cancellation
  /** Where it stands in the list. */
  at: number
}

/** The calls of a session that are under way, from their start to their last body byte. */
export class InFlight {
  /** Not a Map: the tables that a busy Map outgrows keep alive what was in them. */
  readonly #open: Entry[] = []

  /** Adds a call that begins; returns what takes it off when it is over. */
  add(request: PreparedRequest, cancellation: Cancellation): () => void {
    const entry = { request, cancellation, at: this.#open.length }
    this.#open.push(entry)
    return () => this.#remove(entry)
  }

  /** Stops them all; each rejects with the reason. Default: a `SessionClosedError`. */
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
