import { Agent } from 'node:http'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { messageOf } from './message-of.js'

/** A fresh copy of the library, which has not loaded cross-fetch yet. */
async function messageWith(crossFetch: () => unknown): Promise<string> {
  vi.resetModules()
  vi.doMock('cross-fetch', crossFetch as never)
  const { Session } = await import('@session-fetch/node')
  const session = new Session({ agent: new Agent() })
  return messageOf(() => session.get('http://a.test/'))
}

afterEach(() => {
  vi.doUnmock('cross-fetch')
  vi.resetModules()
})

describe('markResources', () => {
  it('names the method that an engine lacks', async () => {
    const { markResources } = await import('@session-fetch/node')
    Object.defineProperty(performance, 'markResourceTiming', { configurable: true, value: undefined })
    onTestFinished(() => void Reflect.deleteProperty(performance, 'markResourceTiming'))
    expect(await messageOf(() => markResources())).toBe(
      'markResources: this engine has no performance.markResourceTiming',
    )
  })
})

describe('SessionError.message, over an agent, of', () => {
  it('an engine that has its own fetch for node-fetch', async () => {
    const text = await messageWith(() => ({
      default: Object.assign(async () => new Response(), { Request }),
    }))
    expect(text).toBe(
      'agent: this engine replaces node-fetch by its own fetch, which ignores agents; use proxy, tls and lookup: GET http://a.test/',
    )
  })

  it('a bundle without cross-fetch', async () => {
    const text = await messageWith(() => {
      throw new Error('Dynamic require of "stream" is not supported')
    })
    expect(text).toBe(
      'agent: cross-fetch cannot be loaded; keep it out of the bundle (esbuild: --external:cross-fetch) or install it: GET http://a.test/',
    )
  })
})
