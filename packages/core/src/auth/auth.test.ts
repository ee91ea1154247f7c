import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { inTurn, rejection, testSession, thrown } from '../../test/test-session.js'
import type { CallOptions, SessionOptions } from '../call/options.js'
import { AuthError, InvalidRequestError } from '../model/errors.js'
import type { AuthFlow } from '../request/prepared-request.js'
import { type Auth, basic, toAuthFlow } from './auth.js'

const SESSION = `Basic ${btoa('me:pw')}`
const CALL = `Basic ${btoa('you:pw')}`

async function authorization(
  options: SessionOptions,
  call: CallOptions,
  url = 'https://api.test/',
): Promise<string | null> {
  const { session, sent } = testSession(undefined, options)
  await session.get(url, call)
  return sent().headers.get('Authorization')
}

describe('toAuthFlow', () => {
  it.each([null, undefined])('returns null for %s', (auth) => {
    expect(toAuthFlow(auth)).toBeNull()
  })

  it('returns a flow unchanged', () => {
    const flow: AuthFlow = basic('me', 'pw')
    expect(toAuthFlow(flow)).toBe(flow)
  })
})

describe('auth', () => {
  it.each<[string, unknown]>([
    ['text', 'token'],
    ['a number', 7],
    ['one of two', ['me']],
    ['three', ['me', 'pw', 'x']],
    ['an object', {}],
    ['numbers', [1, 2]],
  ])('refuses %s', (_what, auth) => {
    expect(
      thrown(() => testSession().session.prepare('GET', 'https://api.test/', { auth: auth as Auth })),
    ).toBeInstanceOf(InvalidRequestError)
  })
})

describe('basic', () => {
  it.each([
    ['me', 'pw', 'bWU6cHc='],
    ['me', 'p:w', 'bWU6cDp3'],
    ['', '', 'Og=='],
    ['jürgen', '€', 'asO8cmdlbjrigqw='],
  ])('encodes %s and %s as UTF-8', async (user, password, encoded) => {
    expect(await authorization({ auth: [user, password] }, {})).toBe(`Basic ${encoded}`)
    expect(await authorization({ auth: basic(user, password) }, {})).toBe(`Basic ${encoded}`)
  })

  it('refuses a user with a colon, and shows no password', () => {
    const error = thrown(() => basic('a:b', 'canary'))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).not.toContain('canary')
  })
})

describe('Session auth', () => {
  it.each<[string, SessionOptions, CallOptions, string | null]>([
    ['nothing', {}, {}, null],
    ['the session’s', { auth: ['me', 'pw'] }, {}, SESSION],
    ['the call’s over the session’s', { auth: ['me', 'pw'] }, { auth: ['you', 'pw'] }, CALL],
    ['nothing where the call says null', { auth: ['me', 'pw'] }, { auth: null }, null],
    ['the session’s where the call says undefined', { auth: ['me', 'pw'] }, { auth: undefined }, SESSION],
    [
      'a call’s header over the session’s auth',
      { auth: ['me', 'pw'] },
      { headers: { authorization: 'Bearer t' } },
      'Bearer t',
    ],
    [
      'a header in Headers over the session’s auth',
      { auth: ['me', 'pw'] },
      { headers: new Headers({ Authorization: 'Bearer t' }) },
      'Bearer t',
    ],
    [
      'a header in pairs over the session’s auth',
      { auth: ['me', 'pw'] },
      { headers: [['Authorization', 'Bearer t']] },
      'Bearer t',
    ],
    [
      'nothing where the call’s header is null',
      { auth: ['me', 'pw'] },
      { headers: { Authorization: null } },
      null,
    ],
    [
      'a call’s auth over a call’s header',
      {},
      { auth: ['you', 'pw'], headers: { Authorization: 'Bearer t' } },
      CALL,
    ],
    [
      'the session’s auth over the session’s header',
      { auth: ['me', 'pw'], headers: { Authorization: 'Bearer t' } },
      {},
      SESSION,
    ],
  ])('sends %s', async (_what, options, call, sent) => {
    expect(await authorization(options, call)).toBe(sent)
  })

  it('a header set by a generator takes precedence over the session’s auth', async () => {
    function* headers(): Generator<[string, string]> {
      yield ['Authorization', 'Bearer t']
    }
    expect(await authorization({ auth: ['me', 'pw'] }, { headers: headers() })).toBe('Bearer t')
  })

  it.each<[string, CallOptions, string]>([
    ['override the session’s auth', {}, `Basic ${btoa('url:pw')}`],
    ['do not override a call’s auth', { auth: ['you', 'pw'] }, CALL],
    ['do not override a call’s header', { headers: { Authorization: 'Bearer t' } }, 'Bearer t'],
  ])('credentials of a URL %s', async (_what, call, sent) => {
    expect(await authorization({ auth: ['me', 'pw'] }, call, 'https://url:pw@api.test/')).toBe(sent)
  })

  it('runs a function on the request, or takes the one it returns', async () => {
    const edits: Auth = (request) => request.headers.set('Authorization', 'edited')
    const replaces: Auth = async (request) => {
      const copy = request.copy()
      copy.headers.set('Authorization', 'replaced')
      return copy
    }
    expect(await authorization({ auth: edits }, {})).toBe('edited')
    expect(await authorization({ auth: replaces }, {})).toBe('replaced')
  })

  it('does not expose credentials in readable requests', async () => {
    const { session } = testSession(undefined, { auth: ['me', 'pw'] })
    const response = await session.get('https://api.test/')
    expect(response.request.headers.has('Authorization')).toBe(false)
  })
})

describe('authenticate', () => {
  const flow: AuthFlow = {
    *authenticate(request) {
      const response = yield request
      if (response.status !== 401) return
      const again = request.copy()
      again.headers.set('Authorization', `Answer ${response.headers.get('WWW-Authenticate') ?? ''}`)
      yield again
    },
  }
  const challenge = (): Response =>
    new Response('who?', { status: 401, headers: { 'WWW-Authenticate': 'nonce' } })

  it('adds an answered challenge to the history', async () => {
    const { session, sent, api } = testSession(
      inTurn(challenge, () => new Response('you')),
      { auth: flow },
    )
    const response = await session.get('https://api.test/')
    expect(await response.text()).toBe('you')
    expect([sent(0), sent(1)].map((request) => request.headers.get('Authorization'))).toEqual([
      null,
      'Answer nonce',
    ])
    expect(response.history.map((past) => past.status)).toEqual([401])
    expect(await response.history[0]?.text()).toBe('who?')
    expect([response.redirected, api.calls.length]).toEqual([false, 2])
  })

  it('returns the last 401 unchanged', async () => {
    const { session, api } = testSession(challenge, { auth: flow })
    const response = await session.get('https://api.test/')
    expect([response.status, response.history.length, api.calls.length]).toEqual([401, 1, 2])
    expect(await response.text()).toBe('who?')
  })

  it('starts a new flow for each call', async () => {
    const { session, api } = testSession(
      inTurn(challenge, () => new Response('you')),
      { auth: flow },
    )
    await session.get('https://api.test/')
    await session.get('https://api.test/')
    expect(api.calls.map((request) => request.headers.get('Authorization'))).toEqual([
      null,
      'Answer nonce',
      null,
    ])
  })

  it('rejects a flow that yields no request', async () => {
    const silent = { *authenticate() {} } as AuthFlow
    const { session } = testSession(undefined, { auth: silent })
    expect(await rejection(session.get('https://api.test/'))).toBeInstanceOf(AuthError)
  })

  it('rethrows errors of a flow unchanged', async () => {
    const failure = new Error('no token')
    const { session, api } = testSession(undefined, { auth: () => Promise.reject(failure) })
    expect(await rejection(session.get('https://api.test/'))).toBe(failure)
    expect(api.calls).toEqual([])
  })
})

it('strips credentials if an auth flow changes the URL to another origin', async () => {
  const { session, sent } = testSession(undefined, {
    baseUrl: 'https://api.test/',
    headers: { 'X-Key': 'k' },
    auth: (request) => void (request.url = 'https://other.test/'),
  })
  await session.get('a', { cookies: { sid: '1' } })
  expect([sent().url, ...sent().headers]).toEqual(['https://other.test/'])
})

it('a call that rejects with the HttpError of another call stops following its signal', async () => {
  const { session } = testSession(() => new Response('no', { status: 401 }))
  const { signal } = new AbortController()
  const refused = () => session.get('https://id.test/token').text()
  const call = session.get('https://api.test/', { signal, auth: async () => void (await refused()) })
  expect(await rejection(call)).toMatchObject({
    name: 'HttpError',
    request: { url: 'https://id.test/token' },
  })
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
