// A program that waits for a single operation: node lonely-call <url> <name of a Wait>. It prints the result.
import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { type NodeSessionOptions, Session, mockTransport } from '@session-fetch/node'
import { Agent as Dispatcher } from 'undici'

const never = new Promise<never>(() => {})
/** Nothing that waits by this holds the process. */
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500).unref())

/** What a call waits for, forever by default. */
const WAITS: Record<string, (url: string) => Promise<unknown>> = {
  lookup: (url) => make({ lookup: () => {}, timeout: 300 }).get(named(url)),
  'lookup that answers late': (url) =>
    make({ lookup: (_name, _options, found) => void soon().then(() => found(null, [local])) })
      .get(named(url))
      .text(),
  guard: (url) => make({ guard: () => never, timeout: 300 }).get(url),
  'request hook': (url) => make({ hooks: { request: () => never }, timeout: 300 }).get(url),
  'request hook that answers late': (url) =>
    make({ hooks: { request: soon } })
      .get(url)
      .text(),
  'response hook': (url) => make({ hooks: { response: () => never }, timeout: 300 }).get(url),
  'error hook': (url) =>
    make({ hooks: { error: () => never }, timeout: 300, throwHttpErrors: true }).get(`${url}missing`),
  'error hook that begins after it': (url) =>
    make({ hooks: { error: () => never }, timeout: 50 }).get(`${url}silent`),
  'error hook that answers late': (url) =>
    make({ hooks: { error: () => soon().then(() => new Response('late')) }, throwHttpErrors: true })
      .get(`${url}missing`)
      .text(),
  auth: (url) => make({ auth: () => never, timeout: 300 }).get(url),
  'mounted transport': async (url) => {
    const session = make({ timeout: 300 })
    session.mount(
      url,
      mockTransport(() => never),
    )
    return session.get(url)
  },
  'pool behind a call': (url) => afterOne(make({ connections: 1 }), `${url}silent`, url),
  'pool behind an unread body': (url) => afterOne(make({ connections: 1 }), `${url}long`, url, 60_000),
  'agent behind a call': (url) =>
    afterOne(make({ agent: new Agent({ maxSockets: 1 }) }), `${url}silent`, url),
  'agent behind an unread body that is too long': (url) =>
    afterOne(make({ agent: new Agent({ maxSockets: 1 }) }), `${url}endless`, url),
  'dispatcher behind an unread body that is too long': (url) =>
    afterOne(make({ agent: new Dispatcher({ connections: 1 }) }), `${url}endless`, url),
  'body that stalls': async (url) => (await make({ timeout: 300 }).get(`${url}stalls`)).text(),
  'body that stalls, left alone before': async (url) => {
    const response = await make({ timeout: 1000 }).get(`${url}stalls`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    return response.text()
  },
  'body that nobody reads': async (url) => (await make().get(`${url}stalls`)).status,
  'long body that nobody reads': async (url) => (await make().get(`${url}endless`)).status,
  'upload behind an early answer': async (url) => {
    return (await make().post(`${url}early`, { body: Readable.from(pieces()) })).status
  },
}

async function* pieces(): AsyncGenerator<string> {
  for (let piece = 0; piece < 5; piece += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    yield 'piece'
  }
}

const local = { address: '127.0.0.1', family: 4 }

function make(options: NodeSessionOptions = {}): Session {
  return new Session({ trustEnv: false, ...options })
}

function named(url: string): string {
  return url.replace('127.0.0.1', 'name.test')
}

/** A call that must wait for another, whose response is not read. */
async function afterOne(session: Session, first: string, second: string, timeout = 300): Promise<string> {
  const before = session.get(first)
  before.catch(() => {})
  if (!first.endsWith('silent')) await before
  return session.get(second, { timeout }).text()
}

process.on('exit', (code) => console.log(`exit ${code}`))
const [, , url = '', name = ''] = process.argv

try {
  console.log(await WAITS[name]?.(url))
} catch (error) {
  console.log(String(error))
}
if (name.includes('behind a call')) process.exit() // of the first, nobody answers
