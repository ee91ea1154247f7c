import {
  type FaultServer,
  type Visit,
  head,
  ok,
  startFaultServer,
} from '@session-fetch/test-support/fault-server'
import { cut, turns } from '../wire/deliver.js'
import { Random } from '../wire/random.js'
import { answerOf, receivedBody, uploadOf } from './bodies.js'
import type { CallPlan, RoundPlan } from './plan.js'

/** A server that treats each call as its plan says. */
export interface FuzzServer extends FaultServer {
  /** The numbers of the calls of which a whole request came, over a connection that the server had not ended. */
  readonly asked: ReadonlySet<number>
  /** What was wrong with requests. */
  readonly complaints: readonly string[]
  /** Resolves when no response is being sent. */
  idle(): Promise<void>
}

/** No part of this may be parsed as a response. */
const SURPLUS = ok('surplus', 'X-Nonce: surplus')

export async function startFuzzServer(
  { calls }: RoundPlan,
  tls?: { readonly key: string; readonly cert: string },
): Promise<FuzzServer> {
  const asked = new Set<number>()
  const complaints: string[] = []
  const steps = new Map<number, number>()
  const running = new Set<Promise<void>>()
  const server = await startFaultServer((visit) => {
    const plan = calls[Number(/\d+/.exec(visit.request.target)?.[0])]
    if (plan === undefined) return void complaints.push(`a request for ${visit.request.target}`)
    complaints.push(...wrongOf(plan, visit))
    const step = steps.get(plan.number) ?? 0
    steps.set(plan.number, step + 1)
    if (step === 0 && isFirstOfTwo(plan)) return beforeIt(plan, visit)
    if (visit.socket.writable) asked.add(plan.number)
    const sending = deliver(plan, visit).finally(() => running.delete(sending))
    running.add(sending)
  }, tls && { tls })
  return {
    ...server,
    asked,
    complaints,
    async idle() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

function isFirstOfTwo({ before }: CallPlan): boolean {
  return before === 'redirect' || before === 'busy'
}

function wrongOf(plan: CallPlan, { request }: Visit): string[] {
  const isAfterSeeOther = request.target.includes('again')
  const expected = isAfterSeeOther ? ['GET', ''] : [plan.method, uploadOf(plan)]
  const got = [request.method, receivedBody(request.headers, request.body)]
  if (expected.join() === got.join() && request.headers['x-nonce'] === plan.nonce) return []
  return [`call ${plan.number} sent ${JSON.stringify([...got, request.headers])}`]
}

function beforeIt({ before, number }: CallPlan, { send }: Visit): void {
  if (before === 'redirect')
    send(`${head('303 See Other', `Location: /${number}/again`, 'Content-Length: 4')}hops`)
  else send(`${head('503 Service Unavailable', 'Content-Length: 4')}busy`)
}

/** Sends the answer, cut as planned, up to its fault. */
async function deliver(plan: CallPlan, { socket }: Visit): Promise<void> {
  const random = new Random(plan.number)
  const answer = answerOf(plan, random)
  const faulty = plan.fault !== 'none'
  const sent = faulty
    ? answer.subarray(0, faultIn(plan, answer))
    : Buffer.concat([answer, ...surplusOf(plan)])
  const interim = plan.before === 'interim' ? [Buffer.from(head('103 Early Hints', 'X-Nonce: interim'))] : []
  const places = plan.cuts.map((part) => Math.floor(part * answer.length))
  const within = places.filter((at) => at < Math.min(answer.length, sent.length))
  for (const [index, piece] of [...interim, ...cut(sent, within)].entries()) {
    if (index > 0) await turns(plan.slow ? 1 + random.below(6) : 1)
    if (piece.length > 0 && socket.writable) socket.write(piece)
  }
  if (faulty) return fail(plan, socket)
  if (plan.after === 'end' || plan.after === 'close' || plan.framing === 'end') socket.end()
}

/** What follows the answer: in one write with its end, since later it would answer the next request. */
function surplusOf({ after, framing }: CallPlan): Buffer[] {
  return after === 'surplus' && framing !== 'end' ? [SURPLUS] : []
}

/** Where the fault is. Invalid bytes are in the head, because a body may contain any bytes. */
function faultIn({ fault, faultAt }: CallPlan, answer: Buffer): number {
  const most = fault === 'nonsense' ? answer.indexOf('\r\n\r\n') : answer.length
  return Math.floor(faultAt * most)
}

function fail({ fault }: CallPlan, socket: Visit['socket']): void {
  if (fault === 'end') socket.end()
  else if (fault === 'reset' && 'encrypted' in socket)
    socket.destroy() // TLS has no reset, but an end that is not told
  else if (fault === 'reset') socket.resetAndDestroy()
  else if (fault === 'nonsense') socket.end('\0\r\nnonsense\r\n\r\n')
}
