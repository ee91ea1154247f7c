import { Agent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  FileCookieJar,
  InvalidRequestError,
  type MockTransport,
  type NodeSessionOptions,
  Session,
  get,
  mockTransport,
  post,
} from '@session-fetch/node'
import { ok } from '@session-fetch/test-support/fault-server'
import crossFetch from 'cross-fetch'
import { ProxyAgent } from 'proxy-agent'
import { Agent as UndiciAgent } from 'undici'
import { describe, expect, it } from 'vitest'
import { thrown } from '../../../core/test/test-session.js'
import { NODE_OPTIONS } from '../../src/session/platform.js'
import { passesAgents } from '../../src/transports/agent-sender.js'
import { atEnd, serve } from '../fault-stage.js'

type Verb = typeof get

class Other {
  proxy = 'http://proxy.test'
}

describe('agent', () => {
  it.each<[string, unknown]>([
    ['text', 'http://proxy.test'],
    ['true', true],
    ['a number', 1],
    ['null', null],
    ['an empty object', {}],
    ['a proxy', { proxy: 'http://proxy.test' }],
    ['options of an agent', { keepAlive: true, maxSockets: 1 }],
    ['an instance of a class', new Other()],
    ['a class of agents', Agent],
    ['a function', () => new Agent()],
    ['a list', [new Agent()]],
    ['a Date', new Date(0)],
    ['no agent per scheme', { http: undefined, https: null }],
    ['what is no agent per scheme', { http: new Agent(), https: {} }],
    ['options per scheme', { https: { proxy: 'http://proxy.test' } }],
    ['an agent for a scheme that there is not', { http: new Agent(), http2: new Agent() }],
    ['a dispatch that is none', { dispatch: true }],
    ['an addRequest that is none', { addRequest: true }],
    ['a promise of one', Promise.resolve(new Agent())],
  ])('is refused where it is %s', (_what, agent) => {
    expect(() => new Session({ agent } as NodeSessionOptions)).toThrow(
      new InvalidRequestError(
        'agent must be an http.Agent, { http, https } with agents, or an undici dispatcher; a proxy goes in proxy',
      ),
    )
  })

  it.each<[string, NonNullable<NodeSessionOptions['agent']>]>([
    ['an http.Agent', new Agent()],
    ['an https.Agent', new HttpsAgent()],
    ['a subclass', new (class extends Agent {})()],
    ['one of proxy-agent', new ProxyAgent()],
    ['one for http', { http: new Agent() }],
    ['one for each scheme', { http: new Agent(), https: new HttpsAgent() }],
    ['a dispatcher', new UndiciAgent()],
    ['a dispatcher of another make', { dispatch: () => true }],
  ])('is taken where it is %s', async (_what, agent) => {
    await new Session({ agent }).close()
  })

  it('that is a subclass is called for each connection', async () => {
    const server = await serve(({ send }) => send(ok()))
    const asked: unknown[] = []
    class Asked extends Agent {
      override createConnection(
        ...args: Parameters<Agent['createConnection']>
      ): ReturnType<Agent['createConnection']> {
        asked.push(args[0].port)
        return super.createConnection(...args)
      }
    }
    for (const agent of [new Asked(), { http: new Asked() }]) {
      const session = new Session({ agent })
      atEnd(() => session.close())
      await session.get(server.url).text()
    }
    expect(asked).toEqual([server.port, server.port].map(String))
  })

  it('is refused where the engine’s own fetch stands in for node-fetch and would not ask it', async () => {
    expect(passesAgents(crossFetch)).toBe(true)
    expect(passesAgents({ Request: globalThis.Request })).toBe(false)
    expect(passesAgents({ Request: class extends globalThis.Request {} })).toBe(false)
  })

  it('that is the dispatcher inside of Node works, or is refused with what to do', async () => {
    const server = await serve(({ send }) => send(ok()))
    await fetch(server.url) // which makes it
    const agent = Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1')) as UndiciAgent
    const session = new Session({ agent })
    const [major] = process.versions['undici']?.split('.') ?? []
    if (Number(major) >= 7) expect((await session.get(server.url)).status).toBe(200)
    else await expect(session.get(server.url)).rejects.toThrow(/^agent: .*install undici 7/)
  })
})

describe('NodeSessionOptions: one that must be an object', () => {
  const promise = Promise.resolve({})
  it.each<[string, unknown]>(
    ['limits', 'tls', 'proxy', 'agent', 'jar', 'hooks', 'headers', 'origins'].flatMap(
      (name): [string, unknown][] => [promise, () => {}, new Date(), 5, true].map((value) => [name, value]),
    ),
  )('%s is refused as %j', (name, value) => {
    const error = thrown(() => new Session({ [name]: value }))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain(name)
  })

  it('is one, where a session is made', () => {
    type Loose = new (...args: unknown[]) => Session
    const Loose = Session as unknown as Loose
    const calls = [['https://api.test/'], ['https://api.test/', {}], [{}, { headers: {} }], [5], [promise]]
    for (const args of calls) expect(thrown(() => new Loose(...args))).toBeInstanceOf(InvalidRequestError)
  })

  it('is one, where a file is downloaded', async () => {
    const download = new Session().download('http://api.test/', 'x', 5 as never)
    await expect(download).rejects.toThrow('options of download() must be an object')
  })
})

describe('jar: a cookie file', () => {
  it('is opened, and waited for', async () => {
    const path = join(tmpdir(), 'never-written.json')
    const opening = FileCookieJar.open(path)
    expect(() => new Session({ jar: opening as never })).toThrow('jar: await FileCookieJar.open(path)')
    expect(() => new Session({ jar: Promise.resolve(null) as never })).toThrow(InvalidRequestError)
    for (const args of [[path], [], [{}], [5]])
      expect(() => Reflect.construct(FileCookieJar, args)).toThrow('write await FileCookieJar.open(path)')
    await expect(FileCookieJar.open(path, 'json' as never)).rejects.toThrow(InvalidRequestError)
    await (await opening).close()
  })
})

describe('get and post', () => {
  it.each<[string, (verb: Verb) => unknown]>([
    [
      'what stands after the options',
      (verb) => Reflect.apply(verb, undefined, ['http://127.0.0.1/', null, { params: {} }]),
    ],
    ['an index', (verb) => Reflect.apply(Array.prototype.map, ['http://127.0.0.1/'], [verb])],
    ['a date', (verb) => verb('http://127.0.0.1/', new Date() as never)],
  ])('refuse %s', async (_what, call) => {
    for (const verb of [get, post]) {
      const answers = await Promise.allSettled([call(verb)].flat())
      expect(answers).toMatchObject([{ status: 'rejected', reason: { name: 'InvalidRequestError' } }])
    }
  })
})

describe('NodeSessionOptions: one in the wrong place', () => {
  it.each(NODE_OPTIONS)('%s of a call is said to be a session’s', async (name) => {
    await expect(new Session().get('http://api.test/', { [name]: {} })).rejects.toThrow(
      `There is no option "${name}"; it is an option of a session`,
    )
  })
})

describe('session.get: a call', () => {
  function place(): { session: Session; api: MockTransport } {
    const session = new Session({ baseUrl: 'http://api.test/' })
    const api = mockTransport(() => new Response())
    session.mount('http://api.test', api)
    return { session, api }
  }

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [{ url: 'me' }, 'an object'],
  ])('is refused with %j for a URL', async (url, shown) => {
    const { session, api } = place()
    await expect(session.get(url as unknown as string)).rejects.toThrow(
      new InvalidRequestError(`The URL is ${shown}; write get(url, init), or request(method, url, init)`),
    )
    expect(api.calls).toEqual([])
  })
})
