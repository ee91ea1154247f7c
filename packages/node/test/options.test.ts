import {
  InvalidRequestError,
  type MockTransport,
  type NodeSessionOptions,
  Session,
  mockTransport,
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
    [{ url: 'me' }, '[object Object]'],
  ])('is refused with %j for a URL', async (url, shown) => {
    const { session, api } = place()
    await expect(session.get(url as unknown as string)).rejects.toThrow(
      new InvalidRequestError(`"${shown}" is not a valid URL`),
    )
    expect(api.calls).toEqual([])
  })
})
