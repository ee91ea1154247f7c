import { EventEmitter } from 'node:events'
import { InvalidRequestError, type MockTransport, Session, mockTransport } from '@session-fetch/node'
import { describe, expect, it, vi } from 'vitest'
import { rejection, thrown } from '../../../core/test/test-session.js'
import { NODE_OPTIONS } from '../../src/session/platform.js'

/** A session as plain JavaScript has it, where any member may be assigned. */
type Loose = Session & Record<string, unknown>

function place<T extends Session>(session: T): { session: T & Loose; api: MockTransport } {
  session.baseUrl = 'http://api.test/'
  const api = mockTransport(() => new Response('ok'))
  session.mount('http://api.test', api)
  return { session: session as T & Loose, api }
}

const METHODS =
  'get head options delete post put patch request prepare send mount transportFor extend fork close toJSON download stats export'.split(
    ' ',
  )

describe('Session: a member that it does not have', () => {
  it.each(NODE_OPTIONS)('%s is an option of the constructor', (name) => {
    const { session } = place(new Session())
    const error = thrown(() => (session[name] = false))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain(`write new Session({ ${name} })`)
    expect(thrown(() => Reflect.set(session.extend(), name, false))).toBeInstanceOf(InvalidRequestError)
  })

  it.each([
    ['timeoutt', 'did you mean "timeout"?'],
    ['baseURL', 'did you mean "baseUrl"?'],
    ['header', 'did you mean "headers"?'],
    ['verify', 'a session takes it in tls'],
    ['data', 'a body goes in json'],
    ['json', 'it is an option of a call'],
    ['anything', 'to add members, extend the class'],
    ['0', 'options are an object'],
  ])('%s fails the calls, and says what to write', async (name, message) => {
    const { session, api } = place(new Session())
    await session.get('before')
    session[name] = 'canary'
    const calls = [session.get('x'), session.request('POST', 'x'), session.fetch('x')]
    for (const call of calls) {
      const error = (await rejection(call)) as Error
      const ours = error instanceof InvalidRequestError ? error : error.cause
      expect(ours).toBeInstanceOf(InvalidRequestError)
      expect(String(ours)).toContain(`A session has no setting "${name}"`)
      expect(String(ours)).toContain(message)
      expect(String(ours)).not.toContain('canary')
    }
    expect(api.calls).toHaveLength(1)
    Reflect.deleteProperty(session, name)
    expect((await session.get('after')).status).toBe(200)
  })

  it.each<[string, (session: Loose) => unknown, string]>([
    ['a header', ({ headers }) => Object.assign(headers, { 'X-A': '1' }), 'write headers.set("X-A", value)'],
    ['a param', ({ params }) => Object.assign(params, { page: '1' }), 'write params.set("page", value)'],
    ['a cookie', ({ cookies }) => Object.assign(cookies, { sid: '1' }), 'write cookies.set("sid", value)'],
    ['other cookies', (session) => Object.assign(session, { cookies: {} }), 'write new Session({ jar })'],
  ])('is noticed in place of %s', async (_what, assign, message) => {
    const { session, api } = place(new Session())
    assign(session)
    const error = await rejection(session.get('x'))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain(message)
    expect(api.calls).toEqual([])
  })

  it('is a TypeError among the hooks, however they were given', () => {
    const { session } = place(new Session({ hooks: { request: () => {} } }))
    const add = (of: Loose): unknown => thrown(() => Object.assign(of.hooks, { requests: [] }))
    const errors = [add(session), add(session.extend() as Loose)]
    Object.assign(session, { hooks: { response: [] } })
    errors.push(add(session))
    for (const error of errors) expect(error).toBeInstanceOf(TypeError)
    expect(Object.keys(session.hooks)).toHaveLength(5)
  })

  it('is noticed in the headers of a request that a hook edits', async () => {
    const { session, api } = place(new Session())
    const hook = ({ request }: { request: { headers: Headers } }): void =>
      void Object.assign(request.headers, { 'X-A': '1' })
    const error = await rejection(session.get('x', { hooks: { request: hook } }))
    expect(String(error)).toMatch(/^InvalidRequestError: headers\["X-A"\] is not a header; write headers.set/)
    expect(api.calls).toEqual([])
  })

  it('is no setting that was assigned', async () => {
    const { session, api } = place(new Session())
    session.timeout = 5000
    session.redirect = 'manual'
    session.throwHttpErrors = false
    session.headers.set('X-A', '1')
    session.hooks.request.push(() => {})
    await session.get('x')
    await session.extend({ timeout: 1000 }).get('x')
    await session.fork().get('x')
    expect(api.calls).toHaveLength(3)
  })

  it('is no mark of a tool, nor a test double', async () => {
    const { session, api } = place(new Session())
    Object.assign(session, { __traced: true, $$typeof: 1, [Symbol('tool')]: 1 })
    Object.defineProperty(session, 'hidden', { value: 1, enumerable: false })
    const spies = [vi.spyOn(session, 'get'), vi.spyOn(session, 'fetch'), vi.spyOn(session, 'prepare')]
    session.post = session.post.bind(session)
    await session.get('x')
    await session.fetch('x')
    await session.post('x')
    for (const spy of spies) expect(spy).toHaveBeenCalled()
    vi.restoreAllMocks()
    await session.get('x')
    expect(api.calls).toHaveLength(4)
  })
})

describe('Session: a class that extends it', () => {
  class Api extends Session {
    users = new Map<number, string>()
    model = 'x'
    proxy = 'a field of the class'
    cached?: string
    readonly events = new EventEmitter()
    override get(...args: Parameters<Session['get']>): ReturnType<Session['get']> {
      this.events.emit('get')
      return super.get(...args)
    }
  }

  it('has members of its own', async () => {
    const { session, api } = place(new Api())
    session.origin = 'https://api.test'
    session['user'] = 'assigned later'
    await session.get('x')
    await session.fetch('x')
    expect([session.proxy, api.calls.length]).toEqual(['a field of the class', 2])
  })

  it.each([
    'timeoutt',
    'tiemout',
    'baseURL',
    'base_url',
    'trust_Env',
    'maxRedirect_s',
    'throwHTTPErrors',
    'referer',
  ])('is told of %s, which is a setting misspelt', async (name) => {
    const { session, api } = place(new Api())
    await session.get('before')
    session[name] = 1
    expect(String(await rejection(session.get('x')))).toMatch(
      /^InvalidRequestError: A session has no setting/,
    )
    expect(api.calls).toHaveLength(1)
  })

  it('assigns no option of the constructor', () => {
    const { session } = place(new (class extends Session {})())
    expect(thrown(() => (session['trustEnv'] = false))).toBeInstanceOf(InvalidRequestError)
  })
})

describe('Session: a method that has lost it', () => {
  it.each(METHODS)('%s says what to write', (name) => {
    const { session, api } = place(new Session())
    const lost = session[name] as (...args: unknown[]) => unknown
    expect(lost.name).toBe(name)
    for (const self of [undefined, null, {}, { [name]: lost }, [1]]) {
      const error = thrown(() => Reflect.apply(lost, self, ['http://api.test/', 'x']))
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect(String(error)).toContain(`${name}() was called without its session; write session.${name}(…)`)
    }
    expect(api.calls).toEqual([])
  })

  it('says so for urls.map(session.get)', () => {
    const { session } = place(new Session())
    const error = thrown(() => Reflect.apply(Array.prototype.map, ['x'], [Reflect.get(session, 'get')]))
    expect(String(error)).toContain('(url) => session.get(url)')
  })

  it('is another thing than one that was bound, of which map gives too much', async () => {
    const { session, api } = place(new Session())
    const calls = Reflect.apply(Array.prototype.map, ['x'], [session.get.bind(session)]) as Promise<unknown>[]
    expect(String(await rejection(Promise.all(calls)))).toContain('(url) => get(url) as a callback')
    expect(api.calls).toEqual([])
  })

  it.each([0, 'yes', {}, []])('refuses throwHttpErrors: %j', async (throwHttpErrors) => {
    const { session, api } = place(new Session())
    const error = await rejection(session.get('x', { throwHttpErrors: throwHttpErrors as never }))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect((await session.get('x', { throwHttpErrors: null as never })).status).toBe(200)
    expect(api.calls).toHaveLength(1)
  })
})
