import { io, unrefTimer } from '../base/io.js'
import type { IncomingBody } from './incoming-body.js'

/** How often waiting calls check whether the bodies that hold a connection are being read, in milliseconds. */
export const CHECK_INTERVAL = 100
/** Origins for which a warning was emitted. */
const warned = new Set<string>()
/** The set is cleared at this size. */
const MANY_ORIGINS = 1000

/**
 * Warns, once per origin, that responses with unread bodies use all of its connections.
 *
 * @param remedy The action taken, for the message.
 */
export function warnUnreadBodies(origin: string, remedy: string): void {
  if (warned.has(origin)) return
  if (warned.size >= MANY_ORIGINS) warned.clear()
  warned.add(origin)
  process.emitWarning(
    `All connections to ${origin} are in use by responses with unread bodies; ${remedy}. ` +
      'Read each body, or call await response.discard()',
    { type: 'SessionFetchWarning', code: 'SESSION_FETCH_UNREAD_BODIES' },
  )
}

/** Reports on the connection of a call. */
export interface Lease {
  /** The call has a connection, or no longer needs one. */
  connected(): void
  /** The call was answered with this body. */
  answered(body: IncomingBody): void
}

/** The waiting calls and the paused bodies of an origin. */
interface Origin {
  waiting: number
  /** Oldest first. */
  paused: IncomingBody[]
  /** Whether unread bodies were found before. */
  warned: boolean
  timer?: NodeJS.Timeout | undefined
}

/**
 * Frees connections of an agent or a dispatcher, whose number is limited, while calls wait for one: unread bodies are
 * buffered, oldest first, and cancelled if they are too long for that.
 */
export class ConnectionReclaimer {
  readonly #origins = new Map<string, Origin>()

  /** Registers a call that waits for a connection. */
  lease(name: string): Lease {
    const origin = this.#at(name)
    origin.waiting += 1
    this.#freeConnections(name, origin)
    let isWaiting = true
    return {
      connected: () => {
        if (!isWaiting) return
        isWaiting = false
        origin.waiting -= 1
        this.#forget(name, origin)
      },
      answered: (body) => {
        body.onFull = () => this.#add(name, body)
        body.onOver = () => this.#remove(name, body)
      },
    }
  }

  #at(name: string): Origin {
    const known = this.#origins.get(name)
    if (known) return known
    const origin: Origin = { waiting: 0, paused: [], warned: false }
    this.#origins.set(name, origin)
    return origin
  }

  #add(name: string, body: IncomingBody): void {
    const origin = this.#at(name)
    if (!origin.paused.includes(body)) origin.paused.push(body)
    this.#freeConnections(name, origin)
  }

  #remove(name: string, body: IncomingBody): void {
    const origin = this.#origins.get(name)
    if (origin === undefined) return
    origin.paused = origin.paused.filter((other) => other !== body)
    this.#forget(name, origin)
  }

  #forget(name: string, origin: Origin): void {
    const isIdle = origin.waiting === 0 && origin.paused.length === 0 && !origin.warned
    if (isIdle && this.#origins.get(name) === origin) this.#origins.delete(name)
  }

  /** Frees as many connections as there are waiting calls, or checks again later. */
  #freeConnections(name: string, origin: Origin): void {
    const time = io.now()
    const unread = origin.paused.filter((body) => body.unreadAfter(time, !origin.warned) === 0)
    for (const body of unread.slice(0, origin.waiting)) {
      origin.warned = true
      origin.paused.splice(origin.paused.indexOf(body), 1)
      warnUnreadBodies(name, 'one of them was buffered in memory, or cancelled if it was too long')
      body.freeConnection()
    }
    if (origin.waiting === 0 || origin.paused.length === 0) return
    if (origin.timer) return
    origin.timer = io.setTimeout(() => {
      origin.timer = undefined
      this.#freeConnections(name, origin)
    }, CHECK_INTERVAL)
    unrefTimer(origin.timer)
  }
}
