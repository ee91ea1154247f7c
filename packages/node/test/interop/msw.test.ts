import { Agent } from 'node:http'
import { type NodeSessionOptions, Session, fetchTransport } from '@session-fetch/node'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const server = setupServer(
  http.post('https://api.test/login', async ({ request }) => {
    const form = await request.formData()
    return new HttpResponse(null, {
      status: 303,
      headers: { Location: '/me', 'Set-Cookie': `user=${form.get('user') as string}` },
    })
  }),
  http.get('https://api.test/me', ({ request }) =>
    HttpResponse.json({ cookie: request.headers.get('Cookie') }),
  ),
)

const closers: (() => unknown)[] = []
afterEach(async () => {
  server.resetHandlers()
  for (const close of closers.splice(0).reverse()) await close()
})

function make(options: NodeSessionOptions = {}): Session {
  const session = new Session(options)
  closers.push(() => session.close())
  return session
}

/** Sessions that were created before the mocks. */
const early = { fetch: new Session({ trustEnv: false }), agent: new Session({ agent: new Agent() }) }
early.fetch.mount('https://', fetchTransport())

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(async () => {
  server.close()
  await Promise.all([early.fetch.close(), early.agent.close()])
})

describe('Session: msw', () => {
  const late = (): Session => {
    const session = make()
    session.mount('https://', fetchTransport())
    return session
  }

  it.each<[string, () => Session]>([
    ['fetchTransport(), before msw began', () => early.fetch],
    ['fetchTransport(), after msw began', late],
    ['an http.Agent, before msw began', () => early.agent],
    ['an http.Agent, after msw began', () => make({ agent: new Agent() })],
  ])('answers a session over %s, with cookies and redirects', async (_what, session) => {
    const response = await session().post('https://api.test/login', { form: { user: 'ada' } })
    expect(response.history).toHaveLength(1)
    // msw adds the cookies of its answers to what a request has
    expect(await response.json()).toMatchObject({
      cookie: expect.stringMatching(/^user=ada(?:;|$)/) as string,
    })
  })
})
