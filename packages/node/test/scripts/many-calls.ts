// A program that does nothing but call: node many-calls <url> <JSON of Plan>. It writes what came of its calls.
import { Agent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { HttpError, type NodeSessionOptions, Session, type SessionOptions } from '@session-fetch/node'
import { Agent as Dispatcher } from 'undici'

export interface Plan {
  readonly over: 'sockets' | 'http2' | 'agent' | 'dispatcher'
  readonly connections?: number
  readonly count: number
  /** What is done with each response. */
  readonly use: keyof typeof USES
  readonly options?: SessionOptions
}

const USES = {
  /** Reads only `ok`. */
  async ok(session: Session, url: string) {
    const response = await session.get(url)
    if (!response.ok) throw new Error(`status ${response.status}`)
    return response
  },
  /** Has the session throw, and catches it. */
  async readers(session: Session, url: string) {
    return session.get(url).json().catch(httpError)
  },
  async throwHttpErrors(session: Session, url: string) {
    return session.get(url, { throwHttpErrors: true }).catch(httpError)
  },
  async raiseForStatus(session: Session, url: string) {
    try {
      return (await session.get(url)).raiseForStatus()
    } catch (error) {
      return httpError(error)
    }
  },
  async download(session: Session, url: string) {
    return session.download(url, `${process.argv[1]}.txt`).catch(httpError)
  },
}

function httpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  throw error
}

function connectionsOf({ over, connections }: Plan): NodeSessionOptions {
  const limit = connections === undefined ? {} : { connections }
  const sockets = { keepAlive: true, ...(connections === undefined ? {} : { maxSockets: connections }) }
  if (over === 'agent') return { agent: { http: new Agent(sockets), https: new HttpsAgent(sockets) } }
  if (over === 'dispatcher') return { agent: new Dispatcher(limit) }
  return { ...limit, http2: over === 'http2', tls: { rejectUnauthorized: false }, trustEnv: false }
}

async function main(): Promise<void> {
  const [, , url = '', text = ''] = process.argv
  const plan = JSON.parse(text) as Plan // the test's own
  const session = new Session({ ...connectionsOf(plan), ...plan.options })
  await USES[plan.use](session, url)
  await collected()
  const before = memoryUsed()
  let done = 0
  for (; done < plan.count; done += 1) await USES[plan.use](session, url)
  console.log(`${done} calls succeeded`)
  const isOurs = plan.over === 'sockets' || plan.over === 'http2'
  for (let look = 0; look < 500; look += 1) {
    await collected()
    if (memoryUsed() - before > 8e6 || (isOurs && session.stats().running > 0)) continue
    console.log('the heap is as before')
    break
  }
}

/** The program is started with `--expose-gc`. */
const collectGarbage = (globalThis as unknown as { gc: () => void }).gc

function memoryUsed(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Unread bodies are reported as collected a while later. */
function collected(): Promise<void> {
  collectGarbage()
  return new Promise((resolve) => setTimeout(resolve, 10))
}

/** Of node-fetch, which cross-fetch loads for an agent: https://nodejs.org/api/deprecations.html */
const OTHERS = ['DEP0040', 'DEP0169']
process.on('warning', ({ name, message, code = '' }: NodeJS.ErrnoException) => {
  if (!OTHERS.includes(code)) console.log(`${name}: ${message}`)
})
process.on('exit', (code) => console.log(`exit ${code}`))
main().catch((error: unknown) => console.log('failed:', error))
