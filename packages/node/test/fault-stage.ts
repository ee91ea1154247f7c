import { Agent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { inspect } from 'node:util'
import {
  type CallOptions,
  type NodeSessionOptions,
  Session,
  SessionError,
  fetchTransport,
} from '@session-fetch/node'
import {
  type Fault,
  type FaultServer,
  type FaultServerOptions,
  startFaultServer,
} from '@session-fetch/test-support/fault-server'
import { Agent as UndiciAgent } from 'undici'
import { expect, onTestFinished, vi } from 'vitest'
import { deviates } from './deviations.js'

/** The ways to the network: sockets of our own, cross-fetch over an `http.Agent`, and a dispatcher of undici's. */
export const TRANSPORTS = ['sockets', 'cross-fetch', 'dispatcher'] as const
export type TransportName = (typeof TRANSPORTS)[number]

/** Stands wherever a request or a server may put a secret; no error may show it. */
export const CANARY = 'c4nary'

/** What ends a call that hangs, before the test is ended for it; nothing is slow enough to come near it. */
const DEADLINE = 60_000

/**
 * Closes something when the test that is running is over; the last one added is closed first. It is a hook of the
 * test: a hook of this module would run for the first file that imports it alone, since files share their modules.
 */
export function atEnd(close: () => unknown): void {
  onTestFinished(async () => void (await close()))
}

/**
 * Stops the timers of the test that is running. Time passes when the test calls the function that is returned, so
 * that a deadline comes after what it is meant to interrupt, however slow the machine is.
 */
export function holdTimers(): (ms: number) => void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  return (ms) => void vi.advanceTimersByTime(ms)
}

/** A server that plays a fault for the test that is running. */
export async function serve(fault: Fault, options?: FaultServerOptions): Promise<FaultServer> {
  const server = await startFaultServer(fault, options)
  atEnd(() => server.close())
  return server
}

/** A session over one of the transports. */
export function sessionOver(transport: TransportName, options: NodeSessionOptions = {}): Session {
  const session = new Session({
    timeout: DEADLINE,
    ...CONNECTIONS[transport](),
    ...options,
  })
  atEnd(() => session.close())
  return session
}

/** The maximum number of connections that a server gets if one was lost. */
export function mostAfterLoss(transport: TransportName): number {
  return deviates(transport, 'connectsAhead') ? 2 : 1
}

/** All ways that a Node session's requests take: also the platform's fetch. */
export const WAYS = [...TRANSPORTS, 'fetchTransport'] as const

/** A session over one of the ways. */
export function sessionBy(way: (typeof WAYS)[number], options: NodeSessionOptions = {}): Session {
  if (way !== 'fetchTransport') return sessionOver(way, options)
  const session = sessionOver('sockets', options)
  session.mount('http://', fetchTransport())
  return session
}

/** What a call failed with. */
export interface Failure {
  readonly name: string
  readonly phase: string | undefined
  readonly retryable: boolean | undefined
}

/** Sends a request full of secrets, reads the answer, and returns how it failed, which must show none of them. */
export async function failure(
  session: Session,
  url: string,
  call: CallOptions & { method?: string } = {},
): Promise<Failure> {
  return failed(session, url, call).then(({ name, phase, retryable }) => ({ name, phase, retryable }))
}

/** Like `failure`, with the error itself. */
export async function failed(
  session: Session,
  url: string,
  { method = 'GET', ...call }: CallOptions & { method?: string } = {},
): Promise<SessionError> {
  const secrets = { Authorization: `Bearer ${CANARY}`, 'X-Api-Key': CANARY }
  const error = await session
    .request(method, `${url}?token=${CANARY}`, { headers: secrets, cookies: { sid: CANARY }, ...call })
    .then(async (response) => expect.unreachable(`status ${response.status}, body ${await response.text()}`))
    .catch((error: unknown) => error)
  expectNoSecret(error)
  expect(error).toBeInstanceOf(SessionError)
  return error as SessionError
}

/** Searches all parts of an error that a log might contain. */
export function expectNoSecret(error: unknown): void {
  expect(inspect(error, { depth: 12 })).not.toContain(CANARY)
  expect(String(error)).not.toContain(CANARY)
  if (error instanceof SessionError) expect(JSON.stringify(error)).not.toContain(CANARY)
  const { cause, ...own } = error as { cause?: unknown }
  for (const value of Object.values(own)) expect(inspect(value)).not.toContain(CANARY)
  for (const name of ['message', 'stack', 'data', 'rawPacket'] as const)
    expect(String((error as Record<string, unknown>)[name])).not.toContain(CANARY)
  if (cause !== undefined) expectNoSecret(cause)
}

/** The options that choose a transport and limit it to so many connections. */
export function overConnections(transport: TransportName, connections: number): NodeSessionOptions {
  return CONNECTIONS[transport](connections)
}

/** The options that choose a transport. */
const CONNECTIONS: Record<TransportName, (connections?: number) => NodeSessionOptions> = {
  sockets: (connections) => ({ trustEnv: false, ...(connections && { connections }) }),
  'cross-fetch': (maxSockets = Infinity) => {
    const options = { keepAlive: true, maxSockets }
    const agent = { http: new Agent(options), https: new HttpsAgent(options) }
    atEnd(() => (agent.http.destroy(), agent.https.destroy()))
    return { agent }
  },
  dispatcher: (connections = 1) => {
    // with more connections, calls in sequence alternate between two
    const agent = new UndiciAgent({ connections, maxHeaderSize: 65_536 })
    atEnd(() => agent.destroy())
    return { agent }
  },
}
