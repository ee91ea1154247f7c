import type { Session } from '@session-fetch/node'
import { type FaultServer, type Visit, ok, startFaultServer } from '@session-fetch/test-support/fault-server'
import { sessionOver } from '../../fault-stage.js'
import { type Ending, cut, deliver } from '../deliver.js'
import { nodeOutcome } from './node-outcome.js'
import { type Outcome, isRefused } from './outcome.js'
import { sessionOutcome } from './session-outcome.js'
import type { WireCase } from '../cases/wire-case.js'

/** The results of both clients for one case. */
export interface Comparison {
  readonly node: Outcome
  readonly ours: Outcome
  /** The response of the same session to a later request for `next`. */
  readonly next: string
}

const HANGS: Outcome = { refused: new Error('hangs') }

/** The next response of a server. */
interface Script {
  answer: (visit: Visit) => void
}

/** A server that plays one case after another. */
export class Stage {
  readonly #script: Script
  readonly #server: FaultServer

  private constructor(script: Script, server: FaultServer) {
    this.#script = script
    this.#server = server
  }

  static async open(): Promise<Stage> {
    const script: Script = { answer: () => {} }
    return new Stage(script, await startFaultServer((visit) => script.answer(visit)))
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  async compare(wire: WireCase): Promise<Comparison> {
    const first = await this.#askNode(wire, wire.ending)
    // Who waits for the end of a line that cannot be right any more is not wrong.
    const waits = first === null || (isRefused(first) && wire.must === undefined)
    const ending = waits && wire.ending === 'open' ? 'end' : wire.ending
    const node = (ending === wire.ending && first) || ((await this.#askNode(wire, ending)) ?? HANGS)
    const session = sessionOver('sockets')
    const delivered = this.#play(wire, ending)
    const ours = await sessionOutcome(session, this.#server.url, wire.method ?? 'GET')
    await delivered
    const next = await this.#next(session)
    await session.close()
    return { node, ours, next }
  }

  #askNode(wire: WireCase, ending: Ending): Promise<Outcome | null> {
    return nodeOutcome(this.#server.url, wire.method ?? 'GET', this.#play(wire, ending))
  }

  /** Answers the next request with the case. Resolves when all of it has been written. */
  #play({ bytes, cuts = [] }: WireCase, ending: Ending): Promise<void> {
    return new Promise((resolve) => {
      this.#script.answer = (visit) => void deliver(visit, cut(bytes, cuts), ending).then(resolve)
    })
  }

  async #next(session: Session): Promise<string> {
    this.#script.answer = (visit) => visit.send(ok('next'))
    return session.get(`${this.#server.url}next`).text()
  }
}
