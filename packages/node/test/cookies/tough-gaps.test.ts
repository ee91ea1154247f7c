import { JarCookies } from '@session-fetch/node'
import { CookieJar, MemoryCookieStore } from 'tough-cookie'
import { afterEach, describe, expect, it, vi } from 'vitest'

/**
 * Where tough-cookie deviates from the standard. Each test verifies the deviation first, so that it reports when
 * tough-cookie has closed it, and then that our jar has none.
 */
const secure = 'https://www.example.com/a/b'
const plain = 'http://www.example.com/a/b'

/** The `Set-Cookie` lines of a response for a URL. */
type Answers = readonly (readonly [url: string, ...lines: string[]])[]

function tough(answers: Answers, options = {}): CookieJar {
  const jar = new CookieJar(new MemoryCookieStore(), options)
  for (const [url, ...lines] of answers) {
    for (const line of lines) jar.setCookieSync(line, url, { ignoreError: true })
  }
  return jar
}

function ours(answers: Answers): JarCookies {
  const cookies = new JarCookies()
  for (const [url, ...lines] of answers) void cookies.capture(lines, url)
  return cookies
}

function sent(answers: Answers, url: string): { tough: string; ours: string } {
  const header = ours(answers).headerFor(url)
  return {
    tough: tough(answers).getCookieStringSync(url),
    ours: typeof header === 'string' ? header : 'a promise',
  }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('JarCookies: a line', () => {
  it.each([
    ['CR and LF', 'a=b\r\nX-Evil: 1', 'a=b'],
    ['NUL', 'a=b\0c', 'a=b'],
    ['DEL', 'a=b\x7fc', 'a=b\x7fc'],
    ['a control character in an attribute', 'a=b; Path=/\x01', ''],
  ])('with %s is void', (_what, line, stored) => {
    const jar = tough([[secure, line]])
    expect(jar.getCookieStringSync(secure)).toBe(stored)
    expect(jar.serializeSync()?.cookies).toHaveLength(1)
    expect(ours([[secure, line]]).size).toBe(0)
  })

  it('keeps a tab inside a value', () => {
    expect(sent([[secure, 'a=b\tc']], secure)).toEqual({ tough: '', ours: 'a=b\tc' })
  })

  it('is trimmed of spaces, but not of the last byte of a UTF-8 character', () => {
    const line = `a=${Buffer.from('voilà').toString('latin1')}; Path=/`
    expect(sent([[secure, line]], secure)).toEqual({ tough: 'a=voil\xc3', ours: 'a=voil\xc3\xa0' })
  })

  it('has a name and a value of at most 4096 bytes', () => {
    const long = sent([[secure, `a=${'x'.repeat(4096)}`]], secure)
    expect([long.tough.length, long.ours]).toEqual([4098, ''])
    expect(sent([[secure, `a=${'x'.repeat(4095)}`]], secure).ours).toHaveLength(4097)
  })

  it('has attributes of at most 1024 bytes; a longer one is ignored', () => {
    const path = `/${'p'.repeat(1024)}`
    expect(sent([[`https://a.test${path}/x`, `a=1; Path=${path}`]], `https://a.test${path}/y`)).toEqual({
      tough: 'a=1',
      ours: 'a=1', // by the default path, which is the same here …
    })
    expect(sent([[`https://a.test${path}/x`, `a=1; Path=/; Path=${path}`]], 'https://a.test/')).toEqual({
      tough: '',
      ours: 'a=1', // … and by the path before it here
    })
  })
})

describe('JarCookies: a cookie without a name', () => {
  it('is sent as its value', () => {
    expect(sent([[secure, 'v; Path=/', '=w; Path=/x']], secure)).toEqual({ tough: '', ours: 'v' })
  })

  it('cannot imitate one with a name', () => {
    const loose = tough([[secure, '=a=b', '=']], { looseMode: true })
    expect(loose.getCookieStringSync(secure)).toBe('a=b; ')
    expect(ours([[secure, '=a=b', '=', '=__Secure-x']]).size).toBe(0)
    expect(tough([[plain, '=__Secure-x']], { looseMode: true }).getCookieStringSync(plain)).toBe('__Secure-x')
  })
})

describe('JarCookies: the end of a cookie', () => {
  it('is fixed when it is set: reading does not extend it', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    const answers: Answers = [[secure, 'a=1; Max-Age=60']]
    const jars = { tough: tough(answers), ours: ours(answers) }
    vi.setSystemTime(50_000)
    expect([jars.tough.getCookieStringSync(secure), jars.ours.headerFor(secure)]).toEqual(['a=1', 'a=1'])
    vi.setSystemTime(100_000)
    expect([jars.tough.getCookieStringSync(secure), jars.ours.headerFor(secure)]).toEqual(['a=1', ''])
  })

  it.each([
    'Max-Age=315360000',
    `Max-Age=${'9'.repeat(30)}`,
    `Max-Age=${'9'.repeat(400)}`,
    'Expires=Fri, 31 Dec 2100 23:59:59 GMT',
  ])('is at most 400 days ahead: %.40s', async (attribute) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) })
    const answers: Answers = [[secure, `a=1; ${attribute}`]]
    const limit = Date.now() + 400 * 86_400_000
    const [cookie] = tough(answers).getCookiesSync(secure)
    expect(cookie?.expiryTime()).toBeGreaterThan(limit)
    expect(await ours(answers).get({ name: 'a', url: secure })).toMatchObject({ expires: limit })
  })

  it('has passed: it is not stored', () => {
    const answers: Answers = [[secure, 'a=1; Max-Age=0', 'b=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT']]
    expect(tough(answers).serializeSync()?.cookies).toHaveLength(2)
    expect(ours(answers).size).toBe(0)
  })
})

describe('JarCookies: whom a cookie is for', () => {
  it.each([
    ['the last Domain counts, an empty one too', 'a=1; Domain=example.com; Domain=', 'a=1', ''],
    ['a Domain of dots is none that the host belongs to', 'a=1; Domain=..example.com', '', ''],
  ])('%s', (_what, line, toughSub, oursSub) => {
    expect(sent([['https://example.com/', line]], 'https://sub.example.com/')).toEqual({
      tough: toughSub,
      ours: oursSub,
    })
  })

  it('is not stored if no request could send it', () => {
    const answers: Answers = [
      ['https://example.com/', 'a=1; Domain=..example.com'],
      ['https://xn--bcher-kva.de/', 'a=1; Domain=bücher.de'],
      ['https://[::1]/', 'a=1; Domain=[::1]'],
    ]
    const unreachable = tough(answers).serializeSync()?.cookies ?? []
    expect(unreachable.length).toBeGreaterThan(1)
    const cookies = ours(answers)
    expect([cookies.size, cookies.headerFor('https://[0:0::1]/')]).toEqual([1, 'a=1'])
  })

  it.each(['github.io', 'co.uk'])('a Domain that is a public suffix is for that very host: %s', (host) => {
    const answers: Answers = [[`https://${host}/`, `a=1; Domain=${host}; Path=/`]]
    expect(sent(answers, `https://${host}/`)).toEqual({ tough: '', ours: 'a=1' })
    expect(sent(answers, `https://me.${host}/`).ours).toBe('')
  })

  it('a subdomain cannot overwrite the cookie of its parent', () => {
    const answers: Answers = [
      ['https://example.com/', 'sid=good; Path=/'],
      ['https://evil.example.com/', 'sid=evil; Domain=example.com; Path=/'],
    ]
    expect(sent(answers, 'https://example.com/')).toEqual({ tough: 'sid=evil', ours: 'sid=good; sid=evil' })
  })

  it('an URL that is not http has no cookies', () => {
    const answers: Answers = [
      ['file:///etc/passwd', 'a=1'],
      ['data:text/plain,x', 'b=1'],
    ]
    expect(tough(answers).serializeSync()?.cookies.length).toBeGreaterThan(0)
    expect(ours(answers).size).toBe(0)
  })
})

describe('JarCookies: paths', () => {
  it.each([
    ['/a%20b', 'https://a.test/a%20b/c', '', 'a=1'],
    ['/x%2Fy', 'https://a.test/x%2Fy', '', 'a=1'],
    ['/a', 'https://a.test/%61', 'a=1', ''],
  ])('are compared as they are written: %s and %s', (path, url, toughSent, oursSent) => {
    const answers: Answers = [['https://a.test/', `a=1; Path=${path}`]]
    // tough-cookie leaves %2F alone when it decodes, so this one alone it gets right.
    expect(sent(answers, url)).toEqual({ tough: path === '/x%2Fy' ? 'a=1' : toughSent, ours: oursSent })
  })
})

describe('JarCookies: Secure cookies', () => {
  const before: Answers = [['https://example.com/', 'sid=good; Secure; Path=/']]

  it.each([
    ['overwritten', 'http://example.com/', 'sid=evil; Path=/', 'https://example.com/', 'sid=evil'],
    [
      'shadowed by a longer path',
      'http://example.com/',
      'sid=evil; Path=/login',
      'https://example.com/login',
      'sid=evil; sid=good',
    ],
    ['deleted', 'http://example.com/', 'sid=; Path=/; Max-Age=0', 'https://example.com/', ''],
    [
      'shadowed from a subdomain',
      'http://www.example.com/',
      'sid=evil; Domain=example.com; Path=/',
      'https://example.com/',
      'sid=evil',
    ],
  ])('cannot be %s over http', (_what, url, line, target, toughSent) => {
    expect(sent([...before, [url, line]], target)).toEqual({ tough: toughSent, ours: 'sid=good' })
  })

  it('of a subdomain cannot be hidden by a cookie of its parent', () => {
    const answers: Answers = [
      ['https://www.example.com/', 'sid=good; Secure; Path=/'],
      ['http://example.com/', 'sid=evil; Domain=example.com; Path=/'],
    ]
    expect(sent(answers, 'https://www.example.com/')).toEqual({
      tough: 'sid=good; sid=evil',
      ours: 'sid=good',
    })
  })

  it('may be changed over https, by another name, and beside their path', () => {
    const { ours } = sent(
      [...before, ['https://example.com/', 'sid=new; Path=/'], ['http://example.com/', 'other=1; Path=/']],
      'http://example.com/',
    )
    expect(ours).toBe('sid=new; other=1')
  })

  it('are what SameSite=None takes', () => {
    expect(sent([[secure, 'a=1; SameSite=None']], secure)).toEqual({ tough: 'a=1', ours: '' })
  })
})

describe('JarCookies: prefixes', () => {
  it.each([
    '__host-a=1; Secure; Path=/; Domain=example.com',
    '__HOST-a=1; Path=/',
    '__SECURE-a=1',
    '__Http-a=1; Secure',
    '__Host-Http-a=1; Secure; Path=/',
  ])('keep their promise in any case: %s', (line) => {
    const { tough, ours } = sent([[secure, line]], secure)
    expect([tough.endsWith('a=1'), ours]).toEqual([true, ''])
  })

  it('are not decoded from an encoded name', () => {
    expect(sent([[secure, '__%48ost-a=1']], secure).ours).toBe('__%48ost-a=1')
  })
})

describe('JarCookies: how much there is', () => {
  const many = Array.from({ length: 1000 }, (_, index) => `n${index}=${'v'.repeat(100)}; Path=/`)

  it('is at most 180 cookies of a domain, the latest', () => {
    const answers: Answers = [[secure, ...many]]
    expect(tough(answers).serializeSync()?.cookies).toHaveLength(1000)
    const cookies = ours(answers)
    expect(cookies.size).toBe(180)
    expect(cookies.headerFor(secure)).toMatch(/^n820=v+; n821=/)
  })

  it('is at most 16 KiB in a header', () => {
    const { tough, ours } = sent([[secure, ...many]], secure)
    expect([tough.length > 100_000, ours.length > 16_000, ours.length <= 16_384]).toEqual([true, true, true])
  })

  it('is at most 5000 cookies in all', () => {
    const answers: Answers = Array.from(
      { length: 6000 },
      (_, index) => [`https://h${index}.test/`, 'a=1'] as const,
    )
    expect(tough(answers).serializeSync()?.cookies).toHaveLength(6000)
    expect(ours(answers).size).toBeLessThanOrEqual(5000)
  })
})

describe('JarCookies: what is handed out', () => {
  it('is a copy', async () => {
    const answers: Answers = [[secure, 'a=1']]
    const [live] = tough(answers).getCookiesSync(secure)
    const cookies = ours(answers)
    const [copy] = cookies.jar.getCookiesSync(secure)
    for (const cookie of [live, copy]) Object.assign(cookie ?? {}, { value: 'b\r\nX: 1' })
    Object.assign((await cookies.get({ name: 'a', url: secure })) ?? {}, { value: 'c' })
    expect(live?.value).toContain('\r\n')
    expect([cookies.headerFor(secure), cookies.jar.getCookieStringSync(secure)]).toEqual(['a=1', 'a=1'])
  })
})

describe('JarCookies: a hostile file', () => {
  const file = {
    version: 'tough-cookie@6.1.0',
    rejectPublicSuffixes: false,
    prefixSecurity: 'unsafe-disabled',
    enableLooseMode: true,
    cookies: [
      { key: 'crlf', value: 'a\r\nX: 1', domain: 'example.com', path: '/' },
      { key: '__Host-a', value: '1', domain: 'example.com', hostOnly: false, path: '/', secure: false },
      { key: 'nopath', value: '1', domain: 'example.com', path: '' },
      { key: 'tld', value: '1', domain: 'com', hostOnly: false, path: '/' },
      { key: 'semicolon', value: '1; admin=1', domain: 'example.com', path: '/' },
      { key: 'sub', value: '1', domain: 'example.com', path: '/' },
      { key: 'never', value: '1', domain: 'example.com', path: '/', expires: 'never' },
    ],
  }

  it('sets no options, and the rules apply to its cookies', async () => {
    const loaded = CookieJar.fromJSON(JSON.stringify(file))
    expect(loaded.prefixSecurity).toBe('unsafe-disabled')
    const header = loaded.getCookieStringSync('http://www.example.com/')
    expect(header).toContain('\r\n')
    expect(header).toContain('__Host-a=1')
    const cookies = new JarCookies()
    const { stored, rejected } = await cookies.fromJSON(JSON.stringify(file))
    expect(stored).toBe(1)
    expect(rejected.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
      'crlf: invalid-character',
      '__Host-a: prefix',
      'nopath: invalid-path',
      'tld: public-suffix',
      'semicolon: invalid-character',
      'never: invalid-expiry',
    ])
  })

  it('leaves a cookie that does not say whether it is host-only to its own host', async () => {
    expect(
      CookieJar.fromJSON(JSON.stringify(file)).getCookieStringSync('https://www.example.com/'),
    ).toContain('sub=1')
    const cookies = new JarCookies()
    await cookies.fromJSON(file)
    expect([
      cookies.headerFor('https://www.example.com/'),
      cookies.headerFor('https://example.com/'),
    ]).toEqual(['', 'sub=1'])
  })

  it('may be long', async () => {
    const cookies = Array.from({ length: 10_000 }, (_, index) => ({
      key: `n${index}`,
      value: '1',
      domain: `h${index % 500}.test`,
      path: '/',
    }))
    const jar = new JarCookies(undefined, { total: 10_000 })
    expect((await jar.fromJSON({ cookies })).stored).toBe(10_000)
    expect(jar.copy().size).toBe(10_000)
    expect(jar.toJSON().cookies).toHaveLength(10_000)
  })
})
