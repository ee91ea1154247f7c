import { inspect } from 'node:util'
import { type CookieInit, InvalidRequestError, UnsupportedError } from '@session-fetch/core'
import { CookieJar, MemoryCookieStore } from 'tough-cookie'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { JarCookies } from './jar-cookies.js'
import type { CookieChangeEvent, CookieRejectedEvent } from './events.js'

const url = 'https://www.example.com/a/'

function jar(...lines: string[]): JarCookies {
  const cookies = new JarCookies()
  void cookies.capture(lines, url)
  return cookies
}

function based(...lines: string[]): JarCookies {
  const cookies = jar(...lines)
  cookies.defaultUrl = () => url
  return cookies
}

/** Cleans Object.prototype. */
function forget(evil: object): void {
  for (const name of Object.keys(evil)) Reflect.deleteProperty(Object.prototype, name)
}

/** The next turn: events of this one have been told. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

describe('JarCookies: get and getAll', () => {
  it('return a cookie in the standard format', async () => {
    const cookies = jar('a=1; Domain=example.com; Path=/; Secure; HttpOnly; SameSite=Lax', 'b=2')
    expect(await cookies.getAll({ url })).toEqual([
      { name: 'b', value: '2', domain: null, path: '/a', expires: null, secure: false, httpOnly: false },
      {
        name: 'a',
        value: '1',
        domain: 'example.com',
        path: '/',
        expires: null,
        secure: true,
        httpOnly: true,
        sameSite: 'lax',
      },
    ])
  })

  it('get returns the first of several cookies with one name, getAll all of them', async () => {
    const cookies = jar(
      'a=root; Path=/',
      'a=deep; Path=/a',
      'a=up; Path=/; Domain=example.com',
      'a=other; Path=/b',
    )
    expect((await cookies.get({ name: 'a', url }))?.value).toBe('deep')
    expect((await cookies.get({ name: 'a', url: 'https://example.com/' }))?.value).toBe('up')
    expect((await cookies.getAll({ name: 'a', url })).map(({ value }) => value)).toEqual([
      'deep',
      'root',
      'up',
    ])
    expect(await cookies.getAll({ name: 'a', url: null })).toHaveLength(4)
    expect((await cookies.getAll({ name: 'a', url: null, path: '/b' })).map(({ value }) => value)).toEqual([
      'other',
    ])
  })

  it('default to the base URL, and resolve relative URLs against it', async () => {
    const cookies = based('a=1; Path=/a', 'b=2; Path=/b')
    expect(await cookies.getAll()).toHaveLength(1)
    expect((await cookies.get({ name: 'b', url: '/b/c' }))?.value).toBe('2')
    expect(await jar('a=1; Path=/a', 'b=2; Path=/b').getAll()).toHaveLength(2)
  })

  it('find nothing for a URL without cookies, and reject an invalid URL', async () => {
    expect(await jar('a=1').getAll({ url: 'file:///a' })).toEqual([])
    await expect(jar('a=1').getAll({ url: 'nonsense' })).rejects.toThrow('url is not a valid URL')
  })
})

describe('JarCookies: set', () => {
  it('stores the given cookie', async () => {
    const cookies = based()
    await cookies.set('a', '1')
    await cookies.set({
      name: 'b',
      value: '2',
      domain: '.Example.com',
      path: '/x',
      maxAge: 60,
      httpOnly: true,
    })
    await cookies.set({ name: 'c', value: '3', domain: 'bücher.de' })
    expect(cookies.headerFor('https://www.example.com/x')).toBe('b=2; a=1')
    expect(cookies.headerFor('https://www.xn--bcher-kva.de/')).toBe('c=3')
  })

  it('reads nothing from Object.prototype, as other methods do', async () => {
    const cookies = based()
    const evil = { domain: 'example.com', path: '/evil', maxAge: 0, secure: true, httpOnly: true, url: 'x:' }
    Object.assign(Object.prototype, evil)
    onTestFinished(() => forget(evil))
    await cookies.set('a', '1')
    await cookies.set({ name: 'b', value: '2' })
    await cookies.fromStorageState({
      cookies: [{ name: 'c', value: '3', domain: 'www.example.com', path: '/' }],
    })
    await cookies.delete('a')
    const all = await cookies.getAll({ name: 'c' })
    forget(evil)
    expect(all).toMatchObject([{ name: 'c', secure: false, httpOnly: false }])
    expect(await cookies.getAll()).toMatchObject([
      { name: 'b', domain: null, path: '/', secure: false, httpOnly: false },
      { name: 'c' },
    ])
  })

  it('accepts null for no expiry', async () => {
    const cookies = based()
    await cookies.set({ name: 'a', value: '1', maxAge: null, expires: null })
    expect(await cookies.get('a')).toMatchObject({ value: '1', expires: null })
  })

  it('deletes with a time that has passed', async () => {
    const cookies = based('a=1; Path=/')
    await cookies.set({ name: 'a', value: '', expires: new Date(0) })
    expect(cookies.size).toBe(0)
  })

  it.each<[string, CookieInit]>([
    ['name', { name: 'a;b', value: '1' }],
    ['name', { name: 'a=b', value: '1' }],
    ['name', { name: 'a\r\n', value: '1' }],
    ['name', { name: '', value: '' }],
    ['name', { name: '__Host-a', value: '1' }],
    ['value', { name: 'a', value: '1; admin=1' }],
    ['value', { name: 'a', value: '1\r\nX: 1' }],
    ['value', { name: 'a', value: '\ud800' }],
    ['name', { name: 'a\udc00', value: '1' }],
    ['value', { name: 'a', value: '€'.repeat(1366) }],
    ['domain', { name: 'a', value: '1', domain: 'example.com.', url }],
    ['partitioned', { name: 'a', value: '1', partitioned: true }],
    ['value', { name: 'a', value: ' 1' }],
    ['value', { name: 'a', value: 'x'.repeat(4096) }],
    ['path', { name: 'a', value: '1', path: '/x; Secure' }],
    ['path', { name: 'a', value: '1', path: 'x' }],
    ['domain', { name: 'a', value: '1', domain: 'other.com', url }],
    ['domain', { name: 'a', value: '1', domain: 'com', url }],
    ['domain', { name: 'a', value: '1', domain: 'a b', url }],
    ['sameSite', { name: 'a', value: '1', sameSite: 'none' }],
    ['expires', { name: 'a', value: '1', expires: new Date('soon') }],
    ['maxAge', { name: 'a', value: '1', maxAge: Number.NaN }],
    ['secure', { name: 'a', value: '1', secure: true, url: 'http://example.com/' }],
    ['url', { name: 'a', value: '1', url: 'file:///x' }],
  ])('refuses a bad %s, case %#', async (field, init) => {
    const cookies = based()
    const error = await cookies.set(init).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain(`cookies.set: ${field} `)
    expect(cookies.size).toBe(0)
  })

  it('needs a URL or a domain', async () => {
    await expect(jar().set('a', '1')).rejects.toThrow(InvalidRequestError)
    await expect(jar().set({ name: 'a', value: '1', domain: 'example.com' })).resolves.toBeUndefined()
  })
})

describe('JarCookies: delete and clear', () => {
  it('delete the cookies that a request to the URL would send, also Secure ones', async () => {
    const cookies = jar('a=1; Path=/; Secure', 'a=2; Path=/a', 'a=3; Path=/b', 'b=4; Path=/')
    await cookies.delete({ name: 'a', url: 'http://www.example.com/a/' })
    expect((await cookies.getAll()).map(({ value }) => value)).toEqual(['3', '4'])
    await cookies.delete({ name: 'a', url: null })
    expect((await cookies.getAll()).map(({ value }) => value)).toEqual(['4'])
    await cookies.clear()
    expect(cookies.size).toBe(0)
  })

  it('accept a domain in all forms that set accepts', async () => {
    for (const domain of ['bücher.de', '.Example.com', '::1', '127.0.0.1']) {
      const cookies = new JarCookies()
      await cookies.set({ name: 'a', value: '1', domain })
      expect(await cookies.getAll({ url: null, domain })).toHaveLength(1)
      await cookies.delete({ name: 'a', domain: 'other.de' })
      expect(cookies.size).toBe(1)
      await cookies.delete({ name: 'a', domain })
      expect(cookies.size).toBe(0)
    }
  })

  it('need a URL', async () => {
    await expect(jar('a=1').delete('a')).rejects.toThrow('needs a url')
  })
})

describe('JarCookies: events', () => {
  it('report changes once per turn, in the standard format', async () => {
    const cookies = based('a=1; Path=/')
    const told: CookieChangeEvent[] = []
    cookies.addEventListener('change', (event) => told.push(event))
    void cookies.capture(['b=2; Path=/', 'a=; Path=/; Max-Age=0'], url)
    expect(told).toEqual([])
    await nextTurn()
    expect(told.map(({ type, changed, deleted }) => ({ type, changed, deleted }))).toMatchObject([
      { type: 'change', changed: [{ name: 'b', value: '2' }], deleted: [{ name: 'a', value: undefined }] },
    ])
  })

  it('report direct changes of the jar', async () => {
    const cookies = based()
    const names: string[] = []
    const onchange: JarCookies['onchange'] = ({ changed }) =>
      void names.push(...changed.map(({ name }) => name))
    Object.assign(cookies, { onchange })
    cookies.jar.setCookieSync('a=1', url)
    await nextTurn()
    Object.assign(cookies, { onchange: null })
    cookies.jar.setCookieSync('b=1', url)
    await nextTurn()
    expect([names, cookies.onchange]).toEqual([['a'], null])
  })

  it('report why a cookie was rejected, without its value', () => {
    const cookies = jar()
    const told: CookieRejectedEvent[] = []
    const listener = (event: CookieRejectedEvent): void => void told.push(event)
    cookies.addEventListener('rejected', listener)
    void cookies.capture(['sid=secret; Domain=co.uk', '\x01'], 'https://me:pw@shop.co.uk/x?token=1')
    cookies.removeEventListener('rejected', listener)
    void cookies.capture(['\x01'], url)
    expect(told.map(({ name, reason, url }) => ({ name, reason, url }))).toEqual([
      { name: 'sid', reason: 'public-suffix', url: 'https://shop.co.uk/x' },
      { name: '', reason: 'invalid-character', url: 'https://shop.co.uk/x' },
    ])
    expect(JSON.stringify(told)).not.toContain('secret')
  })
})

describe('JarCookies: explain', () => {
  it('reports for each cookie whether it is sent, and why', async () => {
    const cookies = jar(
      'a=1; Path=/',
      'deep=1; Path=/a',
      'elsewhere=1; Path=/b',
      'safe=1; Path=/; Secure',
      'up=1; Path=/; Domain=example.com',
    )
    await cookies.set({ name: 'other', value: '1', url: 'https://other.com/' })
    await cookies.set({ name: 'apex', value: '1', url: 'https://example.com/' })
    const reasons = await cookies.explain('http://www.example.com/a/b')
    expect(reasons.map(({ name, sent, reason }) => `${name}: ${sent ? 'sent' : reason}`)).toEqual([
      'deep: sent',
      'a: sent',
      'up: sent',
      'elsewhere: other-path',
      'safe: insecure-url',
      'other: other-domain',
      'apex: host-only',
    ])
    expect(
      reasons
        .filter(({ sent }) => sent)
        .map(({ name }) => `${name}=1`)
        .join('; '),
    ).toBe(cookies.headerFor('http://www.example.com/a/b'))
    expect(reasons.every((each) => !('value' in each))).toBe(true)
    expect((await cookies.explain('ftp://a.test/')).every(({ reason }) => reason === 'not-http')).toBe(true)
  })

  it('reports cookies that do not fit in the header', async () => {
    const cookies = jar(...Array.from({ length: 6 }, (_, index) => `n${index}=${'x'.repeat(4000)}; Path=/`))
    const withheld: unknown[] = []
    cookies.addEventListener('withheld', ({ host, names }) => withheld.push({ host, names }))
    const reasons = (await cookies.explain(url)).map(({ reason }) => reason)
    expect(reasons).toEqual(['matches', 'matches', 'matches', 'matches', 'header-full', 'header-full'])
    for (let round = 0; round < 2; round += 1)
      expect((await cookies.headerFor(url)).split('; ')).toHaveLength(4)
    expect(withheld).toEqual([{ host: 'www.example.com', names: ['n4', 'n5'] }])
  })
})

describe('JarCookies: copies, sharing and showing', () => {
  it('copies without sharing', () => {
    const cookies = jar('a=1; Path=/')
    const copy = cookies.copy()
    void copy.capture(['a=2; Path=/'], url)
    void cookies.capture(['b=1; Path=/'], url)
    expect([cookies.headerFor(url), copy.headerFor(url)]).toEqual(['a=1; b=1', 'a=2'])
  })

  it('shares the cookies of another, and of its jar', () => {
    const cookies = jar('a=1; Path=/')
    for (const sharing of [
      new JarCookies(cookies),
      new JarCookies(cookies.jar),
      new JarCookies(cookies.jar.store),
    ]) {
      void sharing.capture(['b=1; Path=/'], url)
      expect([sharing.headerFor(url), cookies.headerFor(url)]).toEqual(['a=1; b=1', 'a=1; b=1'])
    }
  })

  it('shows the number of cookies, not their content', () => {
    for (const cookies of [jar('sid=secret'), new JarCookies(new CookieJar())]) {
      expect(inspect({ cookies }, { depth: 9, showHidden: true })).not.toContain('secret')
    }
    expect(inspect(jar('sid=secret'))).toBe('JarCookies { size: 1 }')
  })

  it.each([['copy'], [{}], [{ store: 7 }], [7]])('is made over no %j', (source) => {
    expect(() => Reflect.construct(JarCookies, [source])).toThrow(InvalidRequestError)
  })

  it('copies an external synchronous jar', async () => {
    const theirs = new CookieJar(new MemoryCookieStore())
    theirs.setCookieSync('a=1; Path=/', url)
    const copy = new JarCookies(theirs).copy()
    await copy.set({ name: 'b', value: '1', url })
    expect([copy.headerFor(url), theirs.getCookieStringSync(url)]).toEqual(['a=1; b=1', 'a=1'])
  })

  it('refuses to copy or export an asynchronous store synchronously', () => {
    const store = new MemoryCookieStore()
    store.synchronous = false
    const cookies = new JarCookies(store)
    for (const act of [() => cookies.copy(), () => cookies.toJSON(), () => cookies.toNetscape()]) {
      expect(act).toThrow(UnsupportedError)
    }
  })
})

describe('JarCookies without a session', () => {
  it('works with another client: the header for a URL, and the lines of a response', async () => {
    const cookies = new JarCookies()
    expect(cookies.headerFor(url)).toBe('')
    expect(cookies.capture(['a=1; Path=/', 'b=2; Domain=other.test'], url)).toEqual([
      'b=2; Domain=other.test',
    ])
    expect(cookies.headerFor('https://www.example.com/b')).toBe('a=1')
    expect(cookies.headerFor('https://example.com/')).toBe('')
  })

  it('takes URL objects', async () => {
    const cookies = new JarCookies()
    void cookies.capture(['a=1'], new URL(url))
    expect(cookies.headerFor(new URL('?q', url))).toBe('a=1')
  })

  it('sends the cookies of http to ws, and those of https to wss', async () => {
    const cookies = new JarCookies()
    void cookies.capture(['secure=1; Path=/; Secure', 'plain=2; Path=/'], 'https://example.com/')
    expect(cookies.headerFor('wss://example.com/updates')).toBe('secure=1; plain=2')
    expect(cookies.headerFor('ws://example.com/updates')).toBe('plain=2')
    expect(await cookies.get({ name: 'secure', url: 'wss://example.com/' })).toMatchObject({ value: '1' })
    expect(await cookies.explain('ws://example.com/')).toMatchObject([
      { name: 'plain', sent: true },
      { name: 'secure', sent: false, reason: 'insecure-url' },
    ])
  })

  it('stores the cookies that the handshake of a WebSocket sets', () => {
    const cookies = new JarCookies()
    expect(cookies.capture(['a=1', 'b=2; Secure'], 'ws://example.com/')).toEqual(['b=2; Secure'])
    void cookies.capture(['c=3; Secure'], 'wss://example.com/')
    expect(cookies.headerFor('https://example.com/')).toBe('a=1; c=3')
  })

  it('refuses what is not a URL, without showing it', () => {
    const secret = 'token=hunter2'
    for (const use of [
      () => jar('a=1').headerFor(`/cart?${secret}`),
      () => new JarCookies().capture(['a=1'], `/cart?${secret}`),
    ]) {
      expect(use).toThrow(InvalidRequestError)
      expect(use).not.toThrow(/hunter2/)
    }
  })

  it('refuses lines that are not a list', () => {
    const joined: unknown = 'a=1, b=2'
    expect(() => new JarCookies().capture(joined as string[], url)).toThrow(/getSetCookie/)
  })
})

describe('JarCookies: in a runtime whose headers are text, such as workerd', () => {
  beforeEach(() => {
    vi.stubGlobal(
      'Headers',
      class {
        readonly has = (): boolean => true
      },
    )
  })
  afterEach(() => vi.unstubAllGlobals())

  it.each(['zürich', 'Łódź', '日本', 'plain'])('keeps a cookie of its fetch: %s', async (value) => {
    const cookies = new JarCookies()
    expect(await cookies.capture([`city=${value}; Path=/`], url)).toBeUndefined()
    expect(await cookies.get({ name: 'city', url })).toMatchObject({ value })
    expect(await cookies.headerFor(url)).toBe(`city=${value}`)
    expect(cookies.toNetscape()).toContain(`\tcity\t${value}\n`)
  })

  it('accepts bytes of a session, too', async () => {
    const cookies = new JarCookies()
    await cookies.capture(['city=z\xc3\xbcrich; Path=/'], url)
    expect(await cookies.get({ name: 'city', url })).toMatchObject({ value: 'zürich' })
  })

  it('returns the header of an asynchronous store as text, too', async () => {
    const cookies = new JarCookies(new MemoryCookieStore())
    await cookies.capture(['city=zürich; Path=/'], url)
    expect(await cookies.headerFor(url)).toBe('city=zürich')
  })
})
