import type { Random } from '../wire/random.js'

/** How the end of a response body is marked. */
export type Framing = 'length' | 'chunks' | 'end'

/** What a server does in the midst of an answer: ends or resets its connection, says nothing more, or talks nonsense. */
export type Fault = 'none' | 'end' | 'reset' | 'stall' | 'nonsense'

/** How a caller takes a body: whole, piece by piece, only its beginning, or not at all. */
export type Reading = 'text' | 'bytes' | 'stream' | 'beginning' | 'never'

/** When a caller aborts: so many turns of the event loop after the call, or after the head, or after the first piece. */
export interface Abort {
  readonly after: 'call' | 'head' | 'piece'
  readonly turns: number
}

/** One call, and all that happens to it. */
export interface CallPlan {
  readonly number: number
  /** Of every body that belongs to this call, so that no other can be taken for it. */
  readonly nonce: string
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly upload: 'none' | 'text' | 'stream'
  /** What is sent before the response. */
  readonly before: 'nothing' | 'redirect' | 'busy' | 'interim'
  readonly framing: Framing
  readonly gzip: boolean
  /** Of the decoded body, in bytes. */
  readonly size: number
  readonly fault: Fault
  /** Where in the answer's bytes the fault is, from 0 to 1. */
  readonly faultAt: number
  /** Where the answer is cut into packets, as parts of it; `slow` waits a few turns between them. */
  readonly cuts: readonly number[]
  readonly slow: boolean
  /** After the answer the server sends more, or ends the connection unannounced or as announced. */
  readonly after: 'nothing' | 'surplus' | 'end' | 'close'
  readonly reading: Reading
  readonly abort: Abort | undefined
  /** In milliseconds. */
  readonly timeout: number | undefined
}

/** One round: calls over one session. */
export interface RoundPlan {
  readonly calls: readonly CallPlan[]
  /** Calls at a time. */
  readonly concurrency: number
  readonly connections: number
}

/** @param largest The most bytes of a body. */
export function roundPlan(random: Random, largest: number): RoundPlan {
  const calls = Array.from({ length: 60 }, (_, number) => callPlan(number, random)).map((call) => ({
    ...call,
    size: Math.min(call.size, largest),
  }))
  return { calls, concurrency: random.pick([1, 4, 24]), connections: random.pick([1, 8, 8, 8]) }
}

function callPlan(number: number, random: Random): CallPlan {
  const method = random.pick<CallPlan['method']>(['GET', 'GET', 'POST', 'PUT'])
  const fault = random.pick<Fault>(['none', 'none', 'none', 'none', 'end', 'reset', 'stall', 'nonsense'])
  const abort = random.below(fault === 'stall' ? 2 : 8) === 0 ? abortPlan(random) : undefined
  const mustEnd = fault === 'stall' && abort?.after !== 'call' // it may say nothing at all
  const timeout = mustEnd || random.below(10) === 0 ? random.pick([1, 10, 40]) : undefined
  const upload =
    method === 'GET' ? 'none' : random.pick<CallPlan['upload']>(['text', 'text', 'stream', 'none'])
  const before = random.pick<CallPlan['before']>([
    'nothing',
    'nothing',
    'nothing',
    'redirect',
    'busy',
    'interim',
  ])
  return {
    number,
    nonce: `${number}-${random.below(2 ** 30).toString(36)}`,
    method,
    upload,
    // a stream can be sent once, and no retry starts that would exceed the deadline
    before: before === 'busy' && (upload === 'stream' || timeout !== undefined) ? 'nothing' : before,
    framing: random.pick<Framing>(['length', 'length', 'chunks', 'chunks', 'end']),
    gzip: random.below(3) === 0,
    size: random.pick([0, 1, 20, 300, 5000, random.below(40_000), 200_000]),
    fault,
    faultAt: random.pick([0, random.below(1000) / 1000, random.below(1000) / 1000, 0.999]),
    cuts: Array.from({ length: random.below(4) }, () => random.below(1000) / 1000).sort((a, b) => a - b),
    slow: random.below(3) === 0,
    after: random.pick<CallPlan['after']>(['nothing', 'nothing', 'nothing', 'surplus', 'end', 'close']),
    reading: random.pick<Reading>(['text', 'bytes', 'stream', 'stream', 'beginning', 'never']),
    abort,
    timeout,
  }
}

function abortPlan(random: Random): Abort {
  const after = random.pick<Abort['after']>(['call', 'call', 'head', 'piece'])
  return { after, turns: random.below(after === 'call' ? 12 : 3) }
}
