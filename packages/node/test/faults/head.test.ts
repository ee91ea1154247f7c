import { once } from 'node:events'
import { type Fault, type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { deviates } from '../deviations.js'
import { CANARY, TRANSPORTS, failed, failure, mostAfterLoss, serve, sessionOver } from '../fault-stage.js'

const PROTOCOL = { name: 'ProtocolError', phase: 'headers', retryable: false }
const TOO_LARGE = { name: 'HeadersTooLargeError', phase: 'headers', retryable: false }
/** A header whose secret would leak if an error quoted the head. */
const SECRET = `Set-Cookie: sid=${CANARY}`

const lines = (count: number, line: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => line(index))

/** Heads that no server may send, by the number of the fault. */
const broken: [string, string | Buffer][] = [
  ['15: a negative Content-Length', `${head('200 OK', SECRET, 'Content-Length: -1')}ok`],
  ['15: a Content-Length that is no number', `${head('200 OK', SECRET, 'Content-Length: two')}ok`],
  [
    '15: two different Content-Lengths',
    `${head('200 OK', SECRET, 'Content-Length: 2', 'Content-Length: 3')}okk`,
  ],
  [
    '15: both Content-Length and chunked',
    `${head('200 OK', SECRET, 'Content-Length: 2', 'Transfer-Encoding: chunked')}2\r\nok\r\n0\r\n\r\n`,
  ],
  ['16: an unknown transfer coding', `${head('200 OK', SECRET, 'Transfer-Encoding: xchunked')}ok`],
  [
    '16: a transfer coding that nobody undoes',
    `${head('200 OK', SECRET, 'Transfer-Encoding: gzip, chunked')}0\r\n\r\n`,
  ],
  ['20: 17 interim responses', head('103 Early Hints', SECRET).repeat(17) + ok().toString()],
  ['20: 5 000 interim responses', head('103 Early Hints').repeat(5000) + ok().toString()],
  [
    '22: a protocol switched unasked',
    `${head('101 Switching Protocols', 'Upgrade: other', 'Connection: upgrade', SECRET)}other`,
  ],
  ['24: garbage', `${CANARY} garbage\r\n\r\n`],
  ['24: HTTP/0.9', `<html>${CANARY}</html>`],
  ['24: HTTP/2', Buffer.from('000012040000000000000300000064000400100000', 'hex')],
  ['24: bare line feeds', `HTTP/1.1 200 OK\n${SECRET}\nContent-Length: 2\n\nok`],
  ['24: a folded length', `${head('200 OK', SECRET, 'Content-Length:', ' 2')}ok`],
  ['24: a space before a colon', `${head('200 OK', SECRET, 'Content-Length : 2')}ok`],
  ['24: NUL in a value', `${head('200 OK', SECRET, 'Content-Length: 2', 'X: a\0b')}ok`],
  ['24: a status of two digits', `${head('99 Low', SECRET, 'Content-Length: 2')}ok`],
  ['25: status 000', `${head('000 None', SECRET, 'Content-Length: 2')}ok`],
  ['25: status 099', `${head('099 Low', SECRET, 'Content-Length: 2')}ok`],
  ['25: status 1000', `${head('1000 High', SECRET, 'Content-Length: 2')}ok`],
]

/** Heads that are over a limit. */
const large: [string, string][] = [
  ['100 KB in one header', head('200 OK', SECRET, `X: ${'a'.repeat(100_000)}`)],
  ['5 000 headers', head('200 OK', SECRET, ...lines(5000, (index) => `X-${index}: 1`))],
  ['257 short headers', head('200 OK', 'Content-Length: 0', ...lines(256, (index) => `X${index}: 1`))],
  ['50 KB of cookies', head('200 OK', ...lines(100, (index) => `Set-Cookie: c${index}=${'b'.repeat(500)}`))],
  [
    '181 short cookies',
    head('200 OK', 'Content-Length: 0', ...lines(181, (index) => `Set-Cookie: c${index}=1`)),
  ],
]

describe.each(TRANSPORTS)('SessionResponse: a head, over %s,', (transport) => {
  it.each(broken)('with %s is a ProtocolError, and closes the connection', async (_name, bytes) => {
    const server = await serve((visit) => visit.send(bytes))
    const session = sessionOver(transport, { retry: { limit: 2, delay: 0 } })
    expect(await failure(session, server.url)).toEqual(PROTOCOL)
    await server.whenOpen(0)
    expect(server.requests).toHaveLength(1)
    expect(server.connections()).toBeLessThanOrEqual(mostAfterLoss(transport))
    expect(await session.cookies.getAll({ url: server.url })).toEqual([])
  })

  it.each(large)('23: with %s is a HeadersTooLargeError, and stores no cookie', async (_name, bytes) => {
    const server = await serve((visit) => visit.send(bytes))
    const session = sessionOver(transport, { retry: { limit: 2, delay: 0 } })
    expect(await failure(session, server.url)).toEqual(TOO_LARGE)
    await server.whenOpen(0)
    expect(server.requests).toHaveLength(1)
    expect(server.connections()).toBeLessThanOrEqual(mostAfterLoss(transport))
    expect(await session.cookies.getAll({ url: server.url })).toEqual([])
  })

  it('23: may have 256 lines, 180 of them cookies, after 16 informational ones', async () => {
    const cookies = lines(180, (index) => `Set-Cookie: c${index}=1`)
    const others = lines(75, (index) => `X${index}: 1`)
    const server = await serve((visit) =>
      visit.send(
        head('103 Early Hints').repeat(16) + head('200 OK', 'Content-Length: 0', ...cookies, ...others),
      ),
    )
    const response = await sessionOver(transport).get(server.url)
    expect(response.headers.getSetCookie()).toHaveLength(180)
    expect(response.headers.get('X74')).toBe('1')
  })

  it('20: may follow an informational one', async () => {
    const server = await serve((visit) =>
      visit.send(head('103 Early Hints', 'Link: </a>') + ok('final').toString()),
    )
    const response = await sessionOver(transport).get(server.url)
    expect([response.status, response.headers.has('Link'), await response.text()]).toEqual([
      200,
      false,
      'final',
    ])
  })

  it('21: after an unrequested 100 is accepted, or refused', async () => {
    const server = await serve((visit) => visit.send(head('100 Continue') + ok('taken').toString()))
    const session = sessionOver(transport)
    if (deviates(transport, 'refusesContinue')) expect(await failure(session, server.url)).toEqual(PROTOCOL)
    else expect(await session.get(server.url).text()).toBe('taken')
    expect(server.requests).toHaveLength(1)
  })

  it('26: may have any names and bytes: they are kept, and change no prototype', async () => {
    const fields = ['__proto__: polluted', 'constructor: c', 'X-Latin: \xe9', 'X-Utf8: \xe2\x82\xac']
    const server = await serve((visit) => visit.send(`${head('200 OK', 'Content-Length: 2', ...fields)}ok`))
    const { headers } = await sessionOver(transport).get(server.url)
    expect(headers.get('__proto__')).toBe('polluted')
    expect(headers.get('constructor')).toBe('c')
    expect(headers.get('X-Latin')).toBe('\xe9')
    expect(Buffer.from(headers.get('X-Utf8') ?? '', 'latin1').toString()).toBe('€')
    expect(Object.keys({})).toEqual([])
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it.each([
    ['204 No Content', 'Content-Length: 4', 'evil'],
    ['304 Not Modified', 'Content-Length: 4', 'evil'],
    ['204 No Content', 'Transfer-Encoding: chunked', '4\r\nevil\r\n0\r\n\r\n'],
    ['205 Reset Content', 'Content-Length: 4', 'evil'],
  ])(
    '31: of %s with %s and a body has no body, which reaches no other request',
    async (status, framing, body) => {
      const server = await serve((visit) =>
        visit.send(visit.connection === 0 && visit.turn === 0 ? head(status, framing) + body : ok('next')),
      )
      const session = sessionOver(transport)
      const response = await session.get(server.url)
      expect(response.body).toBeNull()
      expect(await response.text()).toBe('')
      expect(await session.get(server.url).text()).toBe('next')
    },
  )

  it.each([600, 700, 999])('25: of status %i is a response, as for the platform’s fetch', async (status) => {
    const server = await serve((visit) => visit.send(`${head(`${status} Odd`, 'Content-Length: 2')}no`))
    const session = sessionOver(transport)
    for (const fetched of [await fetch(server.url), await session.get(server.url)])
      expect([fetched.status, fetched.statusText, fetched.ok, await fetched.text()]).toEqual([
        status,
        'Odd',
        false,
        'no',
      ])
    await expect(session.get(server.url).text()).rejects.toMatchObject({ name: 'HttpError', status })
    const clone = (await session.get(server.url)).clone()
    expect([clone.status, await clone.text()]).toEqual([status, 'no'])
  })

  it('24: with a folded line has one value, as in browsers; Node’s http and undici’s dispatchers refuse it', async () => {
    const fields = ['X: a', ' b', 'Set-Cookie: sid=1;', '\tPath=/', 'Content-Length: 2']
    const server = await serve((visit) => visit.send(`${head('200 OK', ...fields)}ok`))
    const session = sessionOver(transport)
    if (transport !== 'sockets') {
      expect(await failure(session, server.url)).toEqual(PROTOCOL)
      return
    }
    const response = await session.get(server.url)
    expect([response.headers.get('X'), await response.text()]).toEqual(['a b', 'ok'])
    expect(await session.cookies.get({ name: 'sid', url: server.url })).toMatchObject({ value: '1' })
  })

  it('47: of 407 from an origin is a response', async () => {
    const server = await serve((visit) => visit.send(`${head('407 Nonsense', 'Content-Length: 2')}no`))
    const response = await sessionOver(transport).get(server.url)
    expect([response.status, await response.text()]).toEqual([407, 'no'])
  })
})

const to = (location: string, body = ''): Buffer =>
  Buffer.from(head('302 Found', `Location: ${location}`, `Content-Length: ${body.length}`) + body, 'latin1')

describe.each(TRANSPORTS)('followRedirects: a redirect, over %s,', (transport) => {
  it.each([
    ['to itself', (): string => '/'],
    ['back and forth', ({ request }: Visit): string => (request.target === '/a' ? '/b' : '/a')],
  ])('33: %s is a TooManyRedirectsError with its history', async (_name, where) => {
    const server = await serve((visit) => visit.send(to(where(visit))))
    const error = await failed(sessionOver(transport), server.url)
    expect(error).toMatchObject({ name: 'TooManyRedirectsError', phase: 'redirect', retryable: false })
    expect(error.response).toHaveProperty('history.length', 20)
    expect([server.requests.length, server.connections()]).toEqual([21, 1])
  })

  it('34: without a Location is a response', async () => {
    const server = await serve((visit) => visit.send(`${head('302 Found', 'Content-Length: 4')}here`))
    const response = await sessionOver(transport).get(server.url)
    expect([response.status, response.redirected, await response.text()]).toEqual([302, false, 'here'])
  })

  it.each([
    ['no URL', [`Location: http://[${CANARY}`]],
    ['two places', ['Location: /a', `Location: /b?${CANARY}`]],
    ['a file', ['Location: file:///etc/passwd']],
    ['data', [`Location: data:,${CANARY}`]],
  ])('34: to %s is an InvalidRedirectError, and nothing is sent there', async (_name, fields) => {
    const server = await serve((visit) => visit.send(head('302 Found', 'Content-Length: 0', ...fields)))
    const failing = await failure(sessionOver(transport), server.url)
    expect(failing).toEqual({ name: 'InvalidRedirectError', phase: 'redirect', retryable: false })
    expect(server.requests).toHaveLength(1)
  })

  it.each([
    ['/end', '/end'],
    ['/end?a=1, /b', '/end?a=1,%20/b'],
  ])('34: that names %s three times goes there', async (location, target) => {
    const same = Array<string>(3).fill(`Location: ${location}`)
    const server = await serve((visit) =>
      visit.send(visit.turn === 0 ? head('302 Found', 'Content-Length: 0', ...same) : ok('end')),
    )
    const session = sessionOver(transport)
    const response = await session.get(server.url)
    expect([await response.text(), server.requests[1]?.target]).toEqual(['end', target])
    expect(response.history[0]?.headers.get('Location')).toBe(location)
  })

  it.each([301, 307, 308])(
    '34: with two Locations is a response with %i and redirect: manual',
    async (status) => {
      const server = await serve((visit) =>
        visit.send(head(`${status} Moved`, 'Content-Length: 0', 'Location: /a', 'Location: /b')),
      )
      const response = await sessionOver(transport).get(server.url, { redirect: 'manual' })
      expect([response.status, response.headers.get('Location'), response.next]).toEqual([
        status,
        '/a, /b',
        null,
      ])
    },
  )

  it.each(['201 Created', '300 Choices', '304 Same'])(
    '34: is none with %s and two places',
    async (status) => {
      const server = await serve((visit) =>
        visit.send(head(status, 'Content-Length: 0', 'Location: /a', 'Location: /b')),
      )
      const response = await sessionOver(transport).get(server.url)
      expect([response.redirected, response.headers.get('Location')]).toEqual([false, '/a, /b'])
    },
  )

  it('35: with 307 and a consumed body is an InvalidRedirectError, and nothing is sent', async () => {
    const server = await serve((visit) => visit.send(head('307 Again', 'Location: /b', 'Content-Length: 0')))
    async function* body(): AsyncGenerator<string> {
      yield CANARY
    }
    const failing = await failure(sessionOver(transport), server.url, { method: 'POST', body: body() })
    expect(failing).toMatchObject({ name: 'InvalidRedirectError', retryable: false })
    expect(server.requests).toHaveLength(1)
  })

  it('36: with an endless body is followed, and its connection closed after about 64 KiB', async () => {
    const visits: Visit[] = []
    const endless: Fault = (visit) => {
      visits.push(visit)
      if (visit.request.target !== '/') return visit.send(ok('there'))
      visit.send(head('302 Found', 'Location: /there', 'Transfer-Encoding: chunked'))
      const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
      const more = (): void =>
        void (visit.socket.writable && visit.socket.write(chunk, () => setImmediate(more)))
      more()
    }
    const server = await serve(endless)
    const response = await sessionOver(transport).get(server.url)
    expect(await response.text()).toBe('there')
    await server.whenOpen(1)
    expect(server.connections()).toBe(2)
  })
})

describe.each(TRANSPORTS)('cookies, over %s,', (transport) => {
  it('37: set twice, or with a comma in the date, are one cookie each, and the last one wins', async () => {
    const fields = [
      'Set-Cookie: a=1',
      'Set-Cookie: b=2; Expires=Wed, 21 Oct 2099 07:28:00 GMT',
      'Set-Cookie: a=3',
    ]
    const server = await serve((visit) => visit.send(ok('', ...fields)))
    const session = sessionOver(transport)
    const response = await session.get(server.url)
    expect(response.headers.getSetCookie()).toHaveLength(3)
    const stored = await session.cookies.getAll({ url: server.url })
    expect(stored.map(({ name, value }) => `${name}=${value}`).sort()).toEqual(['a=3', 'b=2'])
  })

  it('38: that are malformed or of another domain are ignored, and reported', async () => {
    const server = await serve((visit) =>
      visit.send(ok('fine', 'Set-Cookie: =; x', 'Set-Cookie: f=1; Domain=other.test', 'Set-Cookie: good=1')),
    )
    const session = sessionOver(transport)
    const rejected = once(session.cookies as unknown as EventTarget, 'rejected')
    expect(await session.get(server.url).text()).toBe('fine')
    await rejected
    expect((await session.cookies.getAll({ url: server.url })).map(({ name }) => name)).toEqual(['good'])
  })

  it('54: cannot be set with characters that are invalid in a header', async () => {
    const session = sessionOver(transport)
    await expect(
      session.cookies.set({ name: 'a', value: '€\r\n', url: 'http://localhost/' }),
    ).rejects.toMatchObject({ name: 'InvalidRequestError' })
  })
})

describe('auth and retry', () => {
  it('48: a 401 is answered once, and then returned', async () => {
    const server = await serve((visit) =>
      visit.send(head('401 No', 'WWW-Authenticate: Basic realm="r"', 'Content-Length: 0')),
    )
    const session = sessionOver('sockets', { auth: ['me', CANARY] })
    expect((await session.get(server.url)).status).toBe(401)
    expect(server.requests).toHaveLength(1)
  })

  it('49: a Retry-After longer than the deadline, in the past, or invalid does not delay a call', async () => {
    const values = ['1000000000', 'Thu, 01 Jan 1970 00:00:00 GMT', 'garbage']
    for (const value of values) {
      const server = await serve((visit) =>
        visit.send(head('503 Busy', `Retry-After: ${value}`, 'Content-Length: 0')),
      )
      const session = sessionOver('sockets', { retry: { limit: 1, delay: 0 } })
      expect((await session.get(server.url)).status).toBe(503)
      expect(server.requests).toHaveLength(value === '1000000000' ? 1 : 2)
    }
  })
})
