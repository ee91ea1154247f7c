import { type Session, SessionError, TimeoutError } from '@session-fetch/node'
import { turns } from '../wire/deliver.js'
import { bodyOf, uploadOf } from './bodies.js'
import type { CallPlan } from './plan.js'

/** How a call ended. */
export type Outcome = { readonly got: string; readonly whole: boolean } | { readonly error: unknown }

/** Turns of the event loop that a call may take to end once its deadline has passed. */
const SETTLING = 20

/** Makes a call as planned. */
export class Caller {
  readonly #plan: CallPlan
  readonly #repeats: boolean
  readonly #abort = new AbortController()
  /** The received part of the body, also before an error. */
  #got = ''
  #nonce: string | null = null

  /** @param repeats Whether an idempotent request is sent again until its connection is not one that is closing. */
  constructor(plan: CallPlan, repeats: boolean) {
    this.#plan = plan
    this.#repeats = repeats
  }

  /** @returns what is wrong with how it ended, or `null` */
  async run(session: Session, url: string, asked: ReadonlySet<number>): Promise<string | null> {
    const outcome = this.#outcome(session, url)
    const isLate = this.#isLate(outcome)
    const { number } = this.#plan
    const ended = await outcome
    const wrong = this.#wrongBody() ?? this.#wrongOutcome(ended, asked.has(number))
    if (await isLate) return `call ${number} went on after its deadline: ${JSON.stringify(this.#plan)}`
    return wrong === null ? null : `call ${number} ${wrong}: ${JSON.stringify(this.#plan)}`
  }

  /** Whether the call goes on when a timer has fired that was set after its deadline and for longer. */
  async #isLate(outcome: Promise<Outcome>): Promise<boolean> {
    const { timeout } = this.#plan
    if (timeout === undefined) return false
    let timer: NodeJS.Timeout | undefined
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeout + 2)
    })
    const late = passed.then(() => turns(SETTLING)).then(() => true)
    return Promise.race<boolean>([late, outcome.then(() => false)]).finally(() => clearTimeout(timer))
  }

  async #outcome(session: Session, url: string): Promise<Outcome> {
    try {
      return await this.#call(session, url)
    } catch (error) {
      return { error }
    }
  }

  async #call(session: Session, url: string): Promise<Outcome> {
    const { number, nonce, method, timeout, reading } = this.#plan
    this.#abortAfter('call')
    const response = await session.request(method, `${url}${number}`, {
      headers: { 'X-Nonce': nonce },
      body: this.#upload(),
      signal: this.#abort.signal,
      timeout,
      retry: { limit: 1, delay: 0, jitter: false, statuses: [503], methods: ['GET', 'POST', 'PUT'] },
    })
    this.#nonce = response.headers.get('X-Nonce')
    this.#abortAfter('head')
    if (reading === 'text') this.#got = await response.text()
    else if (reading === 'bytes') this.#got = Buffer.from(await response.bytes()).toString('latin1')
    else if (reading !== 'never') await this.#stream(response, reading === 'beginning')
    return { got: this.#got, whole: reading !== 'never' && reading !== 'beginning' }
  }

  #upload(): string | AsyncIterable<string> | null {
    const text = uploadOf(this.#plan)
    if (this.#plan.upload === 'stream') return pieces(text)
    return text === '' ? null : text
  }

  async #stream({ body }: Response, beginning: boolean): Promise<void> {
    for await (const piece of body ?? []) {
      this.#got += Buffer.from(piece).toString('latin1')
      this.#abortAfter('piece')
      if (beginning) break
    }
  }

  #abortAfter(point: 'call' | 'head' | 'piece'): void {
    const { abort } = this.#plan
    if (abort?.after !== point) return
    void turns(abort.turns).then(() => this.#abort.abort(this.#plan))
  }

  #wrongBody(): string | null {
    const right = bodyOf(this.#plan)
    if (!right.startsWith(this.#got)) return `got ${JSON.stringify(this.#got.slice(0, 300))}`
    const isOurs = this.#nonce === null || this.#nonce === this.#plan.nonce
    return isOurs ? null : `got the head of ${this.#nonce}`
  }

  #wrongOutcome(outcome: Outcome, wasAsked: boolean): string | null {
    const { fault, abort, timeout, method } = this.#plan
    if (!('error' in outcome)) return this.#wrongEnd(outcome)
    const { error } = outcome
    if (error === this.#plan) return abort === undefined ? 'was aborted by no one' : null
    if (!(error instanceof SessionError)) return `threw what is no SessionError: ${String(error)}`
    if (error instanceof TimeoutError) return timeout === undefined ? 'timed out without a limit' : null
    if (fault !== 'none') return null
    // A request that must not be sent twice may meet a connection that was just closed.
    const mayMeetIt = method !== 'GET' || !this.#repeats
    return mayMeetIt && !wasAsked ? null : `failed: ${error.message}`
  }

  /**
   * A body that lasts until the connection ends may end anywhere, a compressed one before it begins. libuv reports a reset as an
   * end if it comes with the last bytes.
   */
  #wrongEnd({ got, whole }: { readonly got: string; readonly whole: boolean }): string | null {
    const { fault, framing, gzip } = this.#plan
    const isCut = fault === 'end' || fault === 'reset'
    const maybeShort = !whole || (framing === 'end' && isCut && (!gzip || got === ''))
    return maybeShort || got === bodyOf(this.#plan) ? null : `took ${got.length} bytes for a whole body`
  }
}

async function* pieces(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 20) {
    await turns(1)
    yield text.slice(at, at + 20)
  }
}
