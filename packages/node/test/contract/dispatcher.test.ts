import * as library from '@session-fetch/node'
import { describeContract } from '@session-fetch/test-support/run-contract'
import { Agent, MockAgent } from 'undici'
import { afterAll, describe, expect, it } from 'vitest'

const agents: Agent[] = []

/** A session over an undici `Agent` of its caller's. */
class DispatcherSession extends library.Session {
  constructor(options: library.SessionOptions = {}) {
    const agent = new Agent({ connections: 1 }) // with more, calls in sequence alternate between two
    agents.push(agent)
    super({ ...options, agent })
  }
}

afterAll(() => Promise.all(agents.map((agent) => agent.destroy())))

describeContract("the contract, over a dispatcher of undici's", { ...library, Session: DispatcherSession })

describe("agent: a dispatcher of the caller's", () => {
  it("may be undici's MockAgent, which responds without a network", async () => {
    const agent = new MockAgent()
    agent.disableNetConnect()
    const origin = agent.get('http://api.test')
    origin
      .intercept({ path: '/me?lang=en' })
      .reply(200, { name: 'Ada' }, { headers: { 'Set-Cookie': 'sid=1' } })
    origin.intercept({ path: '/me?lang=en', headers: { cookie: 'sid=1' } }).reply(200, { again: true })
    const session = new library.Session({ agent, baseUrl: 'http://api.test/', params: { lang: 'en' } })
    expect(await session.get('me').json()).toEqual({ name: 'Ada' })
    expect(await session.get('me').json()).toEqual({ again: true })
    await session.close()
    agent.assertNoPendingInterceptors()
    await agent.close()
  })

  it.each([
    ['a session', (options: object) => new library.Session(options)],
    ['a call', (options: object) => new library.Session().get('http://api.test/', options)],
  ])('is refused under its own name by %s, which would pass it over', async (_what, use) => {
    const dispatcher = new MockAgent()
    await expect(async () => use({ dispatcher })).rejects.toThrow(
      'There is no option "dispatcher"; a session takes one as its agent',
    )
    await dispatcher.close()
  })

  it('stays open when the session is closed, and its connections are not counted', async () => {
    const agent = new MockAgent()
    const origin = agent.get('http://api.test')
    origin.intercept({ path: '/' }).reply(200, 'open').times(2)
    const session = new library.Session({ agent })
    expect(await session.get('http://api.test/').text()).toBe('open')
    expect(() => session.stats()).toThrow(library.UnsupportedError)
    await session.close()
    expect(await new library.Session({ agent }).get('http://api.test/').text()).toBe('open')
    await agent.close()
  })
})
