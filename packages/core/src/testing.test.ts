import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { rejection, testSession, thrown } from '../test/test-session.js'
import { InvalidRequestError } from './model/errors.js'
import { type Routes, handlerTransport, routesTransport } from './testing.js'

const API = 'https://api.test/'

function over(routes: Routes): {
  api: ReturnType<typeof routesTransport>
  session: ReturnType<typeof testSession>['session']
} {
  const { session } = testSession()
  const api = routesTransport(routes)
  session.mount('https://', api)
  return { api, session }
}

describe('routesTransport', () => {
  it('answers by method and path, with the parameters of the path, and records', async () => {
    const { api, session } = over({
      'GET /users/:id': (_request, { id }) => Response.json({ id }),
      'post /users': (request) => new Response(request.body as string, { status: 201 }),
      '/files/*': (_request, { '*': rest }) => new Response(rest),
      'GET https://other.test/users/:id': new Response('other'),
    })
    expect(await session.get(`${API}users/a%20b?q=1`).json()).toEqual({ id: 'a b' })
    const created = await session.post(`${API}users`, { json: { name: 'ada' } })
    expect([created.status, await created.json()]).toEqual([201, { name: 'ada' }])
    expect(await session.delete(`${API}files/a/b`).text()).toBe('a/b')
    expect(api.calls.map(({ method }) => method)).toEqual(['GET', 'POST', 'DELETE'])
    api.verify()
  })

  it('gives a Response as often as it is asked for, and a route with an origin to that origin alone', async () => {
    const { session } = over({
      'GET https://api.test/a': new Response('of the API'),
      '/a': new Response('any'),
    })
    for (const url of [`${API}a`, `${API}a`]) expect(await session.get(url).text()).toBe('of the API')
    expect(await session.get('https://other.test/a').text()).toBe('any')
  })

  it('rejects what no route answers, and says so again at the end', async () => {
    const { api, session } = over({ 'GET /users/:id': new Response('ok') })
    for (const call of [session.post(`${API}users/1`), session.get(`${API}users/1/more?token=secret`)]) {
      expect(await rejection(call)).toBeInstanceOf(InvalidRequestError)
    }
    expect(api.unexpected).toHaveLength(2)
    const error = thrown(() => api.verify()) as Error
    expect(error.message).toBe(
      'Requests that match no route of routesTransport: POST https://api.test/users/1, GET https://api.test/users/1/more',
    )
  })

  it.each(['users', 'GET users', 'GET  ', 'https://api.test', ''])('refuses the route %j', (route) => {
    expect(thrown(() => routesTransport({ [route]: new Response('ok') }))).toBeInstanceOf(InvalidRequestError)
  })

  it('refuses a route that is neither a Response nor a function', () => {
    const routes = { 'GET /': { id: 1 } } as unknown as Routes
    expect(thrown(() => routesTransport(routes))).toBeInstanceOf(InvalidRequestError)
  })
})

describe('handlerTransport', () => {
  const app = new Hono()
  app.post('/login', async (context) => {
    const form = await context.req.formData()
    context.header('Set-Cookie', `user=${form.get('user') as string}`)
    return context.redirect('/me', 303)
  })
  app.get('/me', (context) => context.text(context.req.header('Cookie') ?? 'nobody'))
  app.get('/stream', (context) => context.body(new Blob(['a', 'b']).stream()))
  app.put('/echo', async (context) => context.body(await context.req.arrayBuffer()))

  it('calls a server of the web’s types, with cookies, redirects and streams as over a network', async () => {
    const { session } = testSession()
    session.mount('http://app.test', handlerTransport(app.fetch))
    const page = await session.post('http://app.test/login', { form: { user: 'ada' } })
    expect([page.url, page.history.length, await page.text()]).toEqual(['http://app.test/me', 1, 'user=ada'])
    expect(await session.get('http://app.test/stream').text()).toBe('ab')
    const body = new Blob(['whole']).stream()
    expect(await session.put('http://app.test/echo', { body }).text()).toBe('whole')
  })

  it('stops its server with the call', async () => {
    const { session } = testSession()
    let seen: AbortSignal | undefined
    const handle = ({ signal }: Request): Promise<Response> => ((seen = signal), new Promise(() => {}))
    session.mount('http://app.test', handlerTransport(handle))
    const abort = new AbortController()
    const call = rejection(session.get('http://app.test/', { signal: abort.signal }))
    await expect.poll(() => seen).toBeDefined()
    abort.abort(new Error('enough'))
    expect(await call).toMatchObject({ message: 'enough' })
    expect(seen?.aborted).toBe(true)
  })

  it('passes on what its server throws, and refuses what is no Response', async () => {
    const { session } = testSession()
    session.mount(
      'http://app.test',
      handlerTransport(() => {
        throw new RangeError('broken')
      }),
    )
    expect(await rejection(session.get('http://app.test/'))).toBeInstanceOf(RangeError)
    session.mount(
      'http://app.test',
      handlerTransport(() => 'text' as unknown as Response),
    )
    expect(await rejection(session.get('http://app.test/'))).toBeInstanceOf(InvalidRequestError)
    expect(thrown(() => handlerTransport(app as never))).toBeInstanceOf(InvalidRequestError)
  })
})
