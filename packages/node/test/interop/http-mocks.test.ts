import { Agent } from 'node:http'
import {
  ConnectionError,
  DnsError,
  HttpError,
  type NodeSessionOptions,
  type Progress,
  Session,
  TimeoutError,
} from '@session-fetch/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

// nock replaces Node's http as soon as it is loaded, for every test file of this worker.
let nock: typeof import('nock')
beforeAll(async () => {
  nock = (await import('nock')).default
  if (!nock.isActive()) nock.activate()
  nock.disableNetConnect()
})
afterAll(() => {
  nock.enableNetConnect()
  nock.restore()
})

const closers: (() => unknown)[] = []
afterEach(async () => {
  nock.cleanAll()
  for (const close of closers.splice(0).reverse()) await close()
})

/** A session over Node's `http`, which is what such a library patches. */
function mocked(options: NodeSessionOptions = {}): Session {
  const agent = new Agent({ keepAlive: true })
  const session = new Session({ agent, ...options })
  closers.push(
    () => agent.destroy(),
    () => session.close(),
  )
  return session
}

const site = 'https://api.test'

describe('Session: a library that patches http', () => {
  it('gets the requests of a session, and responds', async () => {
    nock('http://api.test', { reqheaders: { 'x-app': 'demo' } })
      .post('/v1/people?lang=de', { name: 'Ada' })
      .reply(201, { id: 7 }, { 'X-Answer': 'mocked' })
    const session = mocked({ baseUrl: 'http://api.test/v1/', headers: { 'X-App': 'demo' } })
    const response = await session.post('people', { json: { name: 'Ada' }, params: { lang: 'de' } })
    expect([response.status, response.headers.get('X-Answer'), await response.json()]).toEqual([
      201,
      'mocked',
      { id: 7 },
    ])
    expect(nock.isDone()).toBe(true)
  })

  it('sees https URLs, redirects and cookies', async () => {
    nock(site)
      .get('/login')
      .reply(302, '', { Location: '/home', 'Set-Cookie': ['sid=1; Path=/; Secure', 'lang=en'] })
    nock(site, { reqheaders: { cookie: 'sid=1; lang=en' } })
      .get('/home')
      .reply(200, 'welcome')
    const session = mocked()
    const response = await session.get(`${site}/login`)
    expect([await response.text(), response.url, response.history.length]).toEqual([
      'welcome',
      `${site}/home`,
      1,
    ])
    expect((await session.cookies.getAll({ url: site })).map(({ name }) => name)).toEqual(['sid', 'lang'])
  })

  it('sees the body again at a 307, whatever its kind', async () => {
    const seen: string[] = []
    const note = (_uri: string, body: unknown): string => (seen.push(String(body)), '')
    nock(site).put('/a').reply(307, note, { Location: '/b' }).put('/b').reply(200, note)
    await mocked().put(`${site}/a`, { body: new Blob(['blob']) })
    expect(seen).toEqual(['blob', 'blob'])
  })

  it('sees parts and streams', async () => {
    nock(site)
      .post('/parts', /name="a"\r\n\r\n1\r\n/)
      .reply(200, 'parts')
    nock(site).post('/stream', 'streamed').reply(200, 'stream')
    const session = mocked()
    expect(await session.post(`${site}/parts`, { multipart: { a: 1 } }).text()).toBe('parts')
    const body = new Blob(['streamed']).stream()
    expect(await session.post(`${site}/stream`, { body }).text()).toBe('stream')
  })

  it('causes a retry', async () => {
    nock(site).get('/busy').reply(503).get('/busy').reply(200, 'at last')
    expect(
      await mocked({ retry: { limit: 1, delay: 1 } })
        .get(`${site}/busy`)
        .text(),
    ).toBe('at last')
  })

  it('causes an answer to a challenge', async () => {
    nock(site).get('/me').matchHeader('authorization', 'Bearer old').reply(401)
    nock(site).get('/me').matchHeader('authorization', 'Bearer new').reply(200, 'me')
    const session = mocked({ baseUrl: site })
    const { bearer } = await import('@session-fetch/node')
    session.auth = bearer({ token: 'old', refresh: () => 'new' })
    expect(await session.get('/me').text()).toBe('me')
  })

  it.each<[string, string, abstract new (...args: never[]) => Error]>([
    ['ECONNREFUSED', 'refused', ConnectionError],
    ['ECONNRESET', 'reset', ConnectionError],
    ['ENOTFOUND', 'no such host', DnsError],
  ])('makes it fail with %s', async (code, message, type) => {
    nock(site)
      .get('/')
      .replyWithError(Object.assign(new Error(message), { code }))
    await expect(mocked().get(site)).rejects.toBeInstanceOf(type)
  })

  it('causes a timeout', async () => {
    nock(site).get('/').delay(1000).reply(200, 'late')
    await expect(mocked({ timeout: 100 }).get(site)).rejects.toBeInstanceOf(TimeoutError)
    nock.abortPendingRequests()
  })

  it('can be aborted', async () => {
    nock(site).get('/').delay(1000).reply(200, 'late')
    const abort = new AbortController()
    const call = mocked().get(site, { signal: abort.signal })
    abort.abort(new Error('given up'))
    await expect(call).rejects.toThrow('given up')
    nock.abortPendingRequests()
  })

  it('rejects unexpected requests', async () => {
    nock(site).get('/known').reply(200)
    const error = await mocked()
      .get(`${site}/else`)
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'ERR_NOCK_NO_MATCH' })
  })

  // A real server's Location is seen as it came; here node-fetch alone has it, and resolves it as latin-1.
  it('decodes a Location of raw bytes as latin-1', async () => {
    const bytes = Buffer.from('/š').toString('latin1')
    nock(site).get('/').reply(302, '', { Location: bytes })
    const response = await mocked().get(site, { redirect: 'manual' })
    expect(response.headers.get('Location')).toBe(`${site}/${encodeURIComponent(bytes.slice(1))}`)
  })

  it('returns a status that rejects a reader of the body', async () => {
    nock(site).get('/none').reply(404, { error: 'none' })
    const error = await mocked()
      .get(`${site}/none`)
      .json()
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(HttpError)
    expect(await (error as HttpError).response.json()).toEqual({ error: 'none' })
  })

  it('returns null bodies, HEAD responses and large bodies', async () => {
    nock(site)
      .get('/none')
      .reply(204)
      .head('/')
      .reply(200, '', { 'X-Head': '1' })
      .get('/big')
      .reply(200, 'x'.repeat(500_000))
    const session = mocked()
    expect((await session.get(`${site}/none`)).body).toBeNull()
    expect((await session.head(site)).headers.get('X-Head')).toBe('1')
    expect((await session.get(`${site}/big`).text()).length).toBe(500_000)
  })

  it('is supported by progress listeners', async () => {
    nock(site).post('/').reply(200, 'body', { 'Content-Length': '4' })
    const told: Progress[] = []
    const listen = (progress: Progress): void => void told.push(progress)
    await mocked().post(site, { body: 'up', onUploadProgress: listen, onDownloadProgress: listen }).text()
    expect(told).toEqual([
      { bytes: 0, total: 2 },
      { bytes: 2, total: 2 },
      { bytes: 0, total: 4 },
      { bytes: 4, total: 4 },
    ])
  })
})
