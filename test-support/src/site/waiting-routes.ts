import { once } from 'node:events'
import type { Exchange } from './exchange.js'
import type { Route } from './routes.js'

/**
 * Pages that wait for an event, never for a time. Each takes `?id=`, chosen by the caller.
 *
 * `/hang` never answers. `/slow-body` sends its first half at once and its second when `/slow-body/release` is
 * called. `/endless-failure` answers with a 500 whose body is long and never ends. `/hang/arrived` answers once
 * the waiting request has come, `/hang/closed` once its caller has gone.
 */
export function waitingRoutes(): [string, Route][] {
  const arrived = new Signals()
  const closed = new Signals()
  const released = new Signals()
  const register = (exchange: Exchange): string => {
    const id = idOf(exchange)
    exchange.response.once('close', () => closed.raise(id))
    arrived.raise(id)
    return id
  }
  return [
    ['/hang', register],
    ['/hang/arrived', (exchange) => answerAfter(arrived, exchange)],
    ['/hang/closed', (exchange) => answerAfter(closed, exchange)],
    ['/slow-body', (exchange) => slowBody(exchange, released.wait(register(exchange)))],
    ['/endless-failure', (exchange) => (register(exchange), endlessFailure(exchange))],
    ['/slow-body/release', (exchange) => release(exchange, released)],
  ]
}

/** Events by name that stay raised, so that the order of raising and waiting does not matter. */
class Signals {
  readonly #raised = new Set<string>()
  readonly #events = new EventTarget()

  raise(id: string): void {
    this.#raised.add(id)
    this.#events.dispatchEvent(new Event(id))
  }

  async wait(id: string): Promise<void> {
    if (!this.#raised.has(id)) await once(this.#events, id)
  }
}

const idOf = (exchange: Exchange): string => exchange.url.searchParams.get('id') ?? ''

async function answerAfter(signals: Signals, exchange: Exchange): Promise<void> {
  await signals.wait(idOf(exchange))
  exchange.json(200, { id: idOf(exchange) })
}

async function slowBody({ response }: Exchange, released: Promise<void>): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'text/plain' })
  response.write('first half, ')
  await released
  response.end('second half')
}

/** More than a client reads of a body that it discards, and no end. Not more: a flood keeps WebKit from its scripts. */
function endlessFailure({ response }: Exchange): void {
  response.writeHead(500, { 'Content-Type': 'text/plain' })
  response.write(Buffer.alloc(1_048_576, 'x'))
}

function release(exchange: Exchange, released: Signals): void {
  released.raise(idOf(exchange))
  exchange.json(200, {})
}
