import { Agent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { inspect } from 'node:util'
import { type CallOptions, type NodeSessionOptions, Session, SessionError } from '@session-fetch/node'
import {
  type Fault,
  type FaultServer,
  type FaultServerOptions,
  startFaultServer,
} from '@session-fetch/test-support/fault-server'
import { afterEach, expect } from 'vitest'

/** The two ways to the network: sockets of our own, and cross-fetch over an `http.Agent`. */
export const TRANSPORTS = ['sockets', 'cross-fetch'] as const
export type TransportName = (typeof TRANSPORTS)[number]

/** Stands wherever a request or a server may put a secret; no error may show it. */
export const CANARY = 'c4nary'

/** No call may last longer than this, whatever the server does. */
const DEADLINE = 2000

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** Closes something when the test that is running is over. */
export function atEnd(close: () => unknown): void {
  closers.push(close)
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
    ...(transport === 'sockets' ? { trustEnv: false } : agents()),
    ...options,
  })
  atEnd(() => session.close())
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
  const start = performance.now()
  const secrets = { Authorization: `Bearer ${CANARY}`, 'X-Api-Key': CANARY }
  const error = await session
    .request(method, `${url}?token=${CANARY}`, { headers: secrets, cookies: { sid: CANARY }, ...call })
    .then(async (response) => expect.unreachable(`status ${response.status}, body ${await response.text()}`))
    .catch((error: unknown) => error)
  expect(performance.now() - start).toBeLessThan(DEADLINE + 50)
  expectNoSecret(error)
  expect(error).toBeInstanceOf(SessionError)
  return error as SessionError
}

/** Looks everywhere in an error where a log might. */
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

function agents(): { agent: { http: Agent; https: HttpsAgent } } {
  const agent = { http: new Agent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) }
  atEnd(() => (agent.http.destroy(), agent.https.destroy()))
  return { agent }
}
