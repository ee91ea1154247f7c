import { inspect } from 'node:util'
import { HttpError, Session, mockTransport } from '@session-fetch/node'
import { describe, expect, it } from 'vitest'

const SECRET = /hunter2/

/** A session with a secret in each place that takes one. */
function secretive(): Session {
  const session = new Session({
    baseUrl: 'https://ada:hunter2@api.test/v1/?key=hunter2',
    headers: { 'X-App': 'demo', 'X-API-Key': 'hunter2', 'User-Agent': 'test' },
    params: { lang: 'en', access_token: 'hunter2' },
    auth: ['ada', 'hunter2'],
    timeout: 1000,
    hooks: { request: () => {} },
  })
  const headers = { 'Set-Cookie': 'sid=hunter2', 'Content-Type': 'application/json' }
  const answer = (status: number): Response => new Response('{"password":"hunter2"}', { status, headers })
  session.mount(
    'https://api.test',
    mockTransport(({ url }) => answer(url.includes('missing') ? 404 : 200)),
  )
  return session
}

describe('Session in console.log', () => {
  it('shows the settings of a session, without secrets', async () => {
    const session = secretive()
    await session.get('me', { params: { token: 'hunter2' } })
    expect(inspect(session)).toBe(`Session {
  baseUrl: 'https://api.test/v1/',
  headers: {
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'test',
    'x-api-key': '[redacted]',
    'x-app': 'demo'
  },
  params: { lang: '[redacted]', access_token: '[redacted]' },
  timeout: 1000,
  auth: '[redacted]',
  hooks: { request: 1 },
  cookies: 1
}`)
  })

  it('shows little of a session without options', () => {
    expect(inspect(new Session({ headers: { 'User-Agent': 'test' } }))).toBe(`Session {
  headers: {
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'test'
  },
  cookies: 0
}`)
  })

  it('shows the head of a response, without secrets, and does not read its body', async () => {
    const response = await secretive().get('me', { params: { token: 'hunter2' } })
    expect(inspect(response)).toBe(`SessionResponse {
  status: 200,
  statusText: '',
  url: 'https://api.test/v1/me',
  redirected: false,
  headers: { 'content-type': 'application/json', 'set-cookie': '[redacted]' }
}`)
    expect(response.bodyUsed).toBe(false)
  })

  it('shows the cause of an error at its top, and no secret', async () => {
    const error: unknown = await secretive()
      .get('missing', { params: { token: 'hunter2' } })
      .json()
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(HttpError)
    const lines = inspect(error, { depth: 9 }).split('\n')
    expect(lines[0]).toBe('HttpError: HTTP 404: GET https://api.test/v1/missing')
    expect(lines.filter((line) => !/^ {4}at /.test(line)).length).toBeLessThan(20)
    expect(lines.join('\n')).not.toMatch(SECRET)
  })

  it('keeps the layout where such objects are in others', async () => {
    const session = secretive()
    const text = inspect({ session, response: await session.get('me') }, { depth: 9, compact: false })
    expect(text).not.toMatch(SECRET)
    expect(text).toMatch(/^ {2}response: SessionResponse \{\n {4}status: 200,$/m)
  })
})
