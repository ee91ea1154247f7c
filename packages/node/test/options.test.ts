import {
  type CallOptions,
  InvalidRequestError,
  type MockTransport,
  type NodeSessionOptions,
  Session,
  mockTransport,
  post,
} from '@session-fetch/node'
import { describe, expect, it } from 'vitest'
import { NODE_OPTIONS } from '../src/lib/platform.js'

describe('agent', () => {
  it.each(['http://proxy.test', true, null])('is refused where it is %j', (agent) => {
    expect(() => new Session({ agent } as unknown as NodeSessionOptions)).toThrow(
      'agent must be an http.Agent, { http, https }, or a dispatcher',
    )
  })
})

describe('an option in the wrong place', () => {
  it.each(NODE_OPTIONS)('%s of a call is said to be a session’s', async (name) => {
    await expect(new Session().get('http://api.test/', { [name]: {} })).rejects.toThrow(
      `There is no option "${name}"; it is an option of a session`,
    )
  })
})

describe('a call', () => {
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
  ])('is refused with %j for a URL', async (url, name) => {
    const { session, api } = place()
    await expect(session.get(url as unknown as string)).rejects.toThrow(
      new InvalidRequestError(`The URL must be text or a URL, not ${name}`),
    )
    expect(api.calls).toEqual([])
  })

  it('takes a URL that says what it is', async () => {
    const { session, api } = place()
    await session.get({ toString: () => 'me' } as URL)
    expect(api.calls).toMatchObject([{ url: 'http://api.test/me' }])
  })

  it.each([
    ['FormData', new FormData()],
    ['URLSearchParams', new URLSearchParams('a=1')],
    ['Blob', new Blob(['a'])],
    ['ReadableStream', new ReadableStream()],
  ])('is refused with a %s in place of its options', async (name, body) => {
    const { session, api } = place()
    const text = `The options must be an object, not ${name}; what is sent is their body`
    await expect(session.post('', body as CallOptions)).rejects.toThrow(new InvalidRequestError(text))
    await expect(post('http://api.test/', body as CallOptions)).rejects.toThrow(text)
    expect(api.calls).toEqual([])
  })
})
