import { Agent } from 'node:http'
import { HttpError, Session, type SessionOptions, TimeoutError } from '@session-fetch/node'
import { type Httpbin, startHttpbin } from '@session-fetch/test-support/httpbin'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

interface Answer {
  args: Record<string, string | string[]>
  data: string
  files: Record<string, string>
  form: Record<string, string | string[]>
  headers: Record<string, string>
  json: unknown
  method: string
  url: string
}

let httpbin: Httpbin
beforeAll(async () => {
  httpbin = await startHttpbin()
})
afterAll(() => httpbin.close())

const transports: [string, () => SessionOptions][] = [
  ['sockets', () => ({})],
  ['cross-fetch with an http.Agent', () => ({ agent: new Agent({ keepAlive: true }) })],
]

describe.each(transports)('Session against httpbin, over %s', (_name, transport) => {
  let session: Session
  beforeEach(() => {
    session = new Session({ baseUrl: httpbin.url, ...transport() })
  })
  afterEach(() => session.close())

  const anything = (path: string, init?: Parameters<Session['post']>[1]): Promise<Answer> =>
    session.post(path, init).json<Answer>()

  describe('cookies', () => {
    it('keeps what /cookies/set sets on its redirect', async () => {
      const response = await session.get('cookies/set/sessioncookie/123456789')
      expect(await response.json()).toEqual({ cookies: { sessioncookie: '123456789' } })
      expect(response.history.map(({ status }) => status)).toEqual([302])
      expect((await session.cookies.get('sessioncookie'))?.value).toBe('123456789')
    })

    it('deletes a cookie at /cookies/delete', async () => {
      await session.get('cookies/set?a=1&b=2')
      expect(await session.get('cookies/delete?a').json()).toEqual({ cookies: { b: '2' } })
    })
  })

  describe('authentication', () => {
    it('passes /basic-auth with the right pair only', async () => {
      const auth = ['user', 'passwd'] as const
      expect(await session.get('basic-auth/user/passwd', { auth }).json()).toEqual({
        authenticated: true,
        user: 'user',
      })
      expect((await session.get('basic-auth/user/passwd', { auth: ['user', 'other'] })).status).toBe(401)
    })

    it('passes /hidden-basic-auth, which sends no challenge', async () => {
      session.auth = ['user', 'passwd']
      expect((await session.get('hidden-basic-auth/user/passwd')).status).toBe(200)
      expect((await session.get('hidden-basic-auth/user/passwd', { auth: null })).status).toBe(404)
    })

    it('passes /bearer with a header of the session', async () => {
      session.headers.set('Authorization', 'Bearer token')
      expect(await session.get('bearer').json()).toEqual({ authenticated: true, token: 'token' })
    })
  })

  describe('redirects', () => {
    it.each(['relative-redirect', 'absolute-redirect', 'redirect'])('follows /%s/3', async (path) => {
      const response = await session.get(`${path}/3`)
      expect(response.url).toBe(`${httpbin.url}get`)
      expect(response.history.map(({ status }) => status)).toEqual([302, 302, 302])
    })

    it.each([
      [301, 'GET'],
      [302, 'GET'],
      [303, 'GET'],
      [307, 'POST'],
      [308, 'POST'],
    ])('turns a POST at %i into a %s', async (status, method) => {
      const url = `redirect-to?url=/anything&status_code=${status}`
      const seen = await anything(url, { json: { a: 1 } })
      expect([seen.method, seen.json]).toEqual([method, method === 'POST' ? { a: 1 } : null])
    })
  })

  describe('bodies that come in', () => {
    it.each([
      ['gzip', 'gzipped'],
      ['deflate', 'deflated'],
      ['brotli', 'brotli'],
    ])('decodes /%s', async (path, word) => {
      expect(await session.get(path).json()).toMatchObject({ [word]: true })
    })

    it('reads the lines of /stream as they arrive', async () => {
      const response = await session.get('stream/10')
      let text = ''
      for await (const part of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()))
        text += part
      expect(
        text
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { id: number }).id),
      ).toEqual([...Array(10).keys()])
    })

    it('reads /bytes the same twice for one seed', async () => {
      // One after the other: httpbin's seed is its process's, not the request's.
      const bytes = async (): Promise<Uint8Array> => session.get('bytes/50000?seed=7').bytes()
      const [one, two] = [await bytes(), await bytes()]
      expect(one).toHaveLength(50_000)
      expect(Buffer.compare(one, two)).toBe(0)
    })

    it('reads the chunks of /stream-bytes', async () => {
      expect(await session.get('stream-bytes/70000?chunk_size=1000&seed=1').bytes()).toHaveLength(70_000)
    })

    it('waits for a /drip', async () => {
      expect(await session.get('drip?numbytes=8&duration=0.4&delay=0').text()).toBe('********')
    })

    it('reads UTF-8', async () => {
      const response = await session.get('encoding/utf8')
      expect([response.headers.get('content-type'), response.ok]).toEqual(['text/html; charset=utf-8', true])
      const text = '∮ E⋅da = Q,  n → ∞'
      const base64 = Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
      expect(await session.get(`base64/${base64}`).text()).toBe(text)
    })

    it('reads an image as a Blob', async () => {
      const blob = await session.get('image/png').blob()
      expect([blob.type, [...new Uint8Array(await blob.slice(1, 4).arrayBuffer())]]).toEqual([
        'image/png',
        [80, 78, 71],
      ])
    })

    it('reads part of /range', async () => {
      const response = await session.get('range/26', { headers: { Range: 'bytes=2-4' } })
      expect([response.status, await response.text()]).toEqual([206, 'cde'])
    })
  })

  describe('bodies that go out', () => {
    it('posts a form', async () => {
      const { form } = await anything('post', { form: { a: '1', b: ['2', 'ü'] } })
      expect(form).toEqual({ a: '1', b: ['2', 'ü'] })
    })

    it('posts JSON', async () => {
      expect((await anything('post', { json: { name: 'Zoë', list: [1] } })).json).toEqual({
        name: 'Zoë',
        list: [1],
      })
    })

    it('posts files', async () => {
      const body = new FormData()
      body.append('field', 'value')
      body.append('file', new File(['file text'], 'notes.txt', { type: 'text/plain' }))
      const { form, files } = await anything('post', { body })
      expect([form, files]).toEqual([{ field: 'value' }, { file: 'file text' }])
    })

    it('posts a stream', async () => {
      expect((await anything('post', { body: new Blob(['streamed']).stream() })).data).toBe('streamed')
    })

    it.each(['put', 'patch', 'delete'] as const)('sends a body with %s', async (verb) => {
      const answer = await session[verb](`anything/${verb}`, { json: { verb } }).json<Answer>()
      expect([answer.method, answer.json]).toEqual([verb.toUpperCase(), { verb }])
    })
  })

  describe('statuses and headers', () => {
    it.each([200, 204, 304, 400, 404, 418, 500, 503])('resolves with %i unchanged', async (status) => {
      const response = await session.get(`status/${status}`)
      expect([response.status, response.ok]).toEqual([status, status < 300])
    })

    it('rejects a shortcut with HttpError at a failure', async () => {
      await expect(session.get('status/404').text()).rejects.toBeInstanceOf(HttpError)
    })

    it('reads the headers that /response-headers sends', async () => {
      const response = await session.get('response-headers', {
        params: { 'X-One': '1', 'X-Two': ['a', 'b'] },
      })
      expect([response.headers.get('x-one'), response.headers.get('x-two')]).toEqual(['1', 'a, b'])
    })

    it('sends session headers and params to each endpoint', async () => {
      session.headers.set('X-My-Custom-Header', 'HelloSession')
      session.params.set('session_param', 'persistent')
      const get = await session.get('get', { params: { own: '1' } }).json<Answer>()
      const { headers } = await session.get('headers').json<Answer>()
      expect(get.args).toEqual({ session_param: 'persistent', own: '1' })
      expect([get.headers['X-My-Custom-Header'], headers['X-My-Custom-Header']]).toEqual([
        'HelloSession',
        'HelloSession',
      ])
    })

    it('answers a conditional request with 304', async () => {
      const response = await session.get('etag/abc', { headers: { 'If-None-Match': 'abc' } })
      expect([response.status, await response.text()]).toEqual([304, ''])
    })
  })

  it('ends a slow response at the timeout', async () => {
    await expect(session.get('delay/3', { timeout: 100 })).rejects.toBeInstanceOf(TimeoutError)
    expect((await session.get('delay/0')).status).toBe(200)
  })
})
