import { describe, expect, it } from 'vitest'
import { digestFields, digestServer, expectedResponse } from '../test/digest-server.js'
import {
  byUrl,
  inTurn,
  oneShot,
  ours,
  prepared,
  present,
  redirect,
  rejection,
  testSession,
  thrown,
} from '../test/test-session.js'
import { AuthError, InvalidRequestError } from './model/errors.js'
import { digest } from './digest.js'

const API = 'https://api.test/a'
const challenge = (text: string): Response =>
  new Response('who?', { status: 401, headers: { 'WWW-Authenticate': text } })
const session = (handler: Parameters<typeof testSession>[0]): ReturnType<typeof testSession> =>
  testSession(handler, { auth: digest('me', 'pw') })

/** The answer that a challenge gets, as its fields. */
async function answer(
  header: string,
  url = API,
  [user, password] = ['me', 'pw'],
): Promise<Record<string, string>> {
  const { session, sent } = testSession(
    inTurn(
      () => challenge(header),
      () => new Response('in'),
    ),
    { auth: digest(user ?? '', password ?? '') },
  )
  await session.get(url)
  return present(digestFields(sent(1)))
}

describe('digest', () => {
  it('checks against published examples', () => {
    const fields = {
      realm: 'http-auth@example.org',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      uri: '/dir/index.html',
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
      nc: '00000001',
      qop: 'auth',
    }
    const user = { user: 'Mufasa', password: 'Circle of Life', method: 'GET' }
    const sha256 = { ...fields, algorithm: 'SHA-256' }
    expect(expectedResponse({ ...user, fields })).toBe('8ca523f5e9506fed4657c9700eebdbec')
    expect(expectedResponse({ ...user, fields: sha256 })).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    )
  })

  it.each([
    'MD5',
    'MD5-sess',
    'SHA-256',
    'SHA-256-sess',
    'SHA-512',
    'SHA-512-sess',
    'SHA-512-256',
    'sha-256',
  ])('is accepted by a server with %s', async (algorithm) => {
    const {
      session: client,
      api,
      sent,
    } = session(
      digestServer(() => `Digest realm="r", nonce="n", qop="auth", algorithm=${algorithm}, opaque="o"`),
    )
    const response = await client.get(`${API}?q=1`)
    expect([response.status, await response.text(), api.calls.length]).toEqual([200, 'in', 2])
    expect(digestFields(sent(1))).toMatchObject({
      username: 'me',
      realm: 'r',
      nonce: 'n',
      uri: '/a?q=1',
      algorithm,
      opaque: 'o',
      qop: 'auth',
      nc: '00000001',
    })
  })

  it('answers without qop as in RFC 2069', async () => {
    const header = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'
    const fields = await answer(header, 'http://www.nowhere.org/dir/index.html', ['Mufasa', 'CircleOfLife'])
    expect(fields).toEqual({
      username: 'Mufasa',
      realm: 'testrealm@host.com',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      uri: '/dir/index.html',
      response: '1949323746fe6a43ef61f9606e7febea',
    })
  })

  it('uses the strongest supported algorithm', async () => {
    const offers = ['MD5', 'SHA-256', 'SHA-3', 'MD5-sess'].map(
      (algorithm) => `Digest realm="r", nonce="${algorithm}", qop="auth", algorithm=${algorithm}`,
    )
    expect(await answer(`Basic realm="b", ${offers.join(', ')}`)).toMatchObject({
      nonce: 'SHA-256',
      algorithm: 'SHA-256',
    })
  })

  it('quotes only the parameters that RFC 7616 quotes', async () => {
    const { session: client, sent } = session(
      inTurn(
        () =>
          challenge(String.raw`Digest realm="a \"b\" \\", nonce="n", algorithm="MD5", qop="auth-int, auth"`),
        () => new Response('in'),
      ),
    )
    await client.get(API)
    expect(sent(1).headers.get('Authorization')).toMatch(
      /^Digest username="me", realm="a \\"b\\" \\\\", nonce="n", uri="\/a", response="[0-9a-f]{32}", algorithm=MD5, cnonce="[0-9a-f]{32}", qop=auth, nc=00000001$/,
    )
  })

  it('sends a name that no header can hold escaped, and hashes it as UTF-8', async () => {
    const fields = await answer('Digest realm="r", nonce="n", qop="auth"', API, ["J'äsøn €", 'pä'])
    expect(fields).toMatchObject({ 'username*': "UTF-8''J%27%C3%A4s%C3%B8n%20%E2%82%AC" })
    const expected = expectedResponse({ user: "J'äsøn €", password: 'pä', method: 'GET', fields })
    expect(fields['response']).toBe(expected)
  })

  it('hashes the user name if the server requests it', async () => {
    const header =
      'Digest realm="api@example.org", nonce="n", qop="auth", algorithm=SHA-512-256, userhash=true'
    const fields = await answer(header, API, ['Jäsøn Doe', 'Secret, or not?'])
    expect(fields).toMatchObject({
      username: '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b',
      userhash: 'true',
    })
  })

  it('returns a non-ASCII realm byte for byte', async () => {
    const realm = String.fromCharCode(...new TextEncoder().encode('Zoë'))
    const fields = await answer(`Digest realm="${realm}", nonce="n"`)
    expect(fields['realm']).toBe(realm)
    const expected = expectedResponse({
      user: 'me',
      password: 'pw',
      method: 'GET',
      fields: { ...fields, realm: 'Zoë' },
    })
    expect(fields['response']).toBe(expected)
  })

  it.each([
    ['Basic', 'Basic realm="r"'],
    ['Basic that names Digest', 'Basic realm="Digest realm=r, nonce=n"'],
    ['nothing', ''],
    ['auth-int alone', 'Digest realm="r", nonce="n", qop="auth-int"'],
    ['an algorithm that it does not know', 'Digest realm="r", nonce="n", algorithm=SHA-3'],
    ['no nonce', 'Digest realm="r"'],
    ['no realm', 'Digest nonce="n"'],
  ])('leaves a 401 with %s as it is', async (_what, header) => {
    const { session: client, api, sent } = session(() => challenge(header))
    const response = await client.get(API)
    expect([response.status, response.history, api.calls.length]).toEqual([401, [], 1])
    expect([sent().headers.has('Authorization'), await response.text()]).toEqual([false, 'who?'])
  })

  it('ignores a challenge without a 401', async () => {
    const { session: client, api } = session(
      () => new Response('in', { headers: { 'WWW-Authenticate': 'Digest realm="r", nonce="n"' } }),
    )
    expect([(await client.get(API)).status, api.calls.length]).toEqual([200, 1])
  })

  it('answers once if the password is wrong', async () => {
    let nonces = 0
    const { session: client, api } = session(() => challenge(`Digest realm="r", nonce="${(nonces += 1)}"`))
    const response = await client.get(API)
    expect([response.status, api.calls.length]).toEqual([401, 2])
    expect(response.history.map(({ status }) => status)).toEqual([401])
  })

  it('answers twice if each nonce is stale', async () => {
    let nonces = 0
    const { session: client, api } = session(() =>
      challenge(`Digest realm="r", nonce="${(nonces += 1)}", stale=TRUE`),
    )
    expect([(await client.get(API)).status, api.calls.length]).toEqual([401, 3])
  })

  it('answers a stale nonce only with another', async () => {
    const { session: client, api } = session(() => challenge('Digest realm="r", nonce="n", stale=true'))
    expect([(await client.get(API)).status, api.calls.length]).toEqual([401, 2])
  })

  it('signs at once what follows, and counts', async () => {
    const {
      session: client,
      api,
      sent,
    } = session(digestServer(() => 'Digest realm="r", nonce="n", qop="auth"'))
    await client.get(API)
    await client.post('https://api.test/b', { json: 1 })
    expect(api.calls.length).toBe(3)
    const [first, second] = [present(digestFields(sent(1))), present(digestFields(sent(2)))]
    expect([first['nc'], second['nc'], second['uri']]).toEqual(['00000001', '00000002', '/b'])
    expect(first['cnonce']).not.toBe(second['cnonce'])
  })

  it('continues with a new nonce when its nonce has become stale', async () => {
    let nonce = 1
    const { session: client, api } = session(
      digestServer(
        () => `Digest realm="r", nonce="${nonce}", qop="auth"`,
        (used) => used !== `${nonce}`,
      ),
    )
    await client.get(API)
    nonce = 2
    const response = await client.get(API)
    expect([response.status, response.history.length]).toEqual([200, 1])
    await client.get(API)
    expect(api.calls.map((call) => digestFields(call)?.['nc'])).toEqual([
      undefined,
      '00000001',
      '00000002',
      '00000001',
      '00000002',
    ])
  })

  it('keeps the client nonce of -sess for the lifetime of the nonce', async () => {
    const { session: client, sent } = session(
      digestServer(() => 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess'),
    )
    await client.get(API)
    expect((await client.get(API)).status).toBe(200)
    const [first, second] = [present(digestFields(sent(1))), present(digestFields(sent(2)))]
    expect([second['cnonce'], second['nc']]).toEqual([first['cnonce'], '00000002'])
  })

  it.each([
    ['one nonce', () => 'n'],
    ['a nonce for each', (request: { url: string }) => request.url],
    ['two nonces in turn', (request: { url: string }) => `${request.url.length % 2}`],
  ])('never uses a nonce and count twice over 50 calls at once with %s', async (_what, nonce) => {
    const { session: client, api } = session(
      digestServer((request) => `Digest realm="r", nonce="${nonce(request)}", qop="auth"`),
    )
    const responses = await Promise.all(
      Array.from({ length: 50 }, (_, index) => client.get(`https://api.test/${'x'.repeat(index)}`)),
    )
    expect(responses.every(({ status }) => status === 200)).toBe(true)
    const signed = api.calls.map(digestFields).filter((fields) => fields !== null)
    expect(new Set(signed.map((fields) => `${fields['nonce']} ${fields['nc']}`)).size).toBe(50)
    expect(new Set(signed.map((fields) => fields['cnonce'])).size).toBe(50)
  })

  it('keeps the nonce of an origin to that origin', async () => {
    const { session: client, sent } = session(
      digestServer((request) => `Digest realm="r", nonce="${new URL(request.url).host}", qop="auth"`),
    )
    await client.get(API)
    for (const url of ['https://other.test/a', 'http://api.test/a', 'https://api.test:8443/a'])
      await client.get(url)
    const signed = [0, 2, 4, 6].map((index) => sent(index).headers.has('Authorization'))
    expect(signed).toEqual([false, false, false, false])
  })

  it('does not answer another origin that a redirect led to', async () => {
    const { session: client, api } = session(
      byUrl({
        [API]: () => redirect('https://evil.test/'),
        'https://evil.test/': () => challenge('Digest realm="r", nonce="n"'),
      }),
    )
    expect((await client.get(API)).status).toBe(401)
    expect(api.calls.map((call) => [call.url, call.headers.has('Authorization')])).toEqual([
      [API, false],
      ['https://evil.test/', false],
    ])
  })

  it('does not answer another origin that a browser followed a redirect to', async () => {
    const elsewhere = (): Response =>
      Object.defineProperty(challenge('Digest realm="r", nonce="n"'), 'url', { value: 'https://evil.test/' })
    const { session: client, api } = session(elsewhere)
    expect([(await client.get(API)).status, api.calls.length]).toEqual([401, 1])
  })

  it('answers again after a redirect', async () => {
    const inside = digestServer((request) => `Digest realm="r", nonce="${new URL(request.url).pathname}"`)
    const { session: client } = session(
      byUrl({
        [API]: (request) => (digestFields(request) ? redirect('/b') : inside(request)),
        'https://api.test/b': inside,
      }),
    )
    const response = await client.get(API)
    expect(response.status).toBe(200)
    expect(response.history.map(({ status }) => status)).toEqual([401, 302])
  })

  it('sends a body again, and the cookies of the challenge with it', async () => {
    const server = digestServer(() => 'Digest realm="r", nonce="n"')
    const {
      session: client,
      api,
      cookies,
    } = session(async (request) => {
      const response = await server(request)
      if (response.status === 401) response.headers.append('Set-Cookie', 'a=1')
      return response
    })
    await client.post(API, { body: 'text' })
    expect(api.calls.map(({ body }) => body)).toEqual(['text', 'text'])
    expect(cookies.headerFor(API)).toBe('a=1')
    expect(api.calls[1]?.headers.get('Cookie')).toBe('a=1')
  })

  it('throws if the body cannot be sent again', async () => {
    const { session: client, api } = session(digestServer(() => 'Digest realm="r", nonce="n"'))
    const error = await rejection(client.post(API, { body: oneShot() }))
    expect(error).toBeInstanceOf(AuthError)
    expect([(error as AuthError).response?.status, api.calls.length]).toEqual([401, 1])
    expect((await client.post(API, { body: oneShot() })).status).toBe(200)
  })

  it('replaces an Authorization header of the session', async () => {
    const { session: client, sent } = session(digestServer(() => 'Digest realm="r", nonce="n"'))
    client.headers.set('Authorization', 'Bearer t')
    expect((await client.get(API)).status).toBe(200)
    expect(sent().headers.get('Authorization')).toBeNull()
  })

  it('forgets the nonces used longest ago', async () => {
    const flow = digest('me', 'pw')
    const base = prepared()
    const answered = ours(challenge('Digest realm="r", nonce="n"'), base)
    for (let index = 0; index <= 1000; index += 1) {
      const url = `https://${index}.test/`
      const steps = flow.authenticate(base.copy({ url }))
      await steps.next(answered)
      await steps.next(answered.attach(base, url))
    }
    const first = async (url: string): Promise<boolean> => {
      const { value } = await flow.authenticate(base.copy({ url })).next(answered)
      return value?.headers.has('Authorization') ?? false
    }
    expect([await first('https://0.test/'), await first('https://1.test/')]).toEqual([false, true])
  })

  it.each([
    [undefined, 'canary'],
    ['me', 7],
  ])('refuses %s and %s', (user, password) => {
    const error = thrown(() => digest(user as string, password as string))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).not.toContain('canary')
  })
})
