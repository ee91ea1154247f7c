import { SessionError } from '@session-fetch/core'
import { Cookie, CookieJar, MemoryCookieStore } from 'tough-cookie'
import { describe, expect, it } from 'vitest'
import { JarCookies } from '../store/jar-cookies.js'

const url = 'https://www.example.com/a/b'

/** A store that answers later, as one across a network does. */
function laterStore(): MemoryCookieStore {
  const memory = new MemoryCookieStore()
  memory.synchronous = false
  return new Proxy(memory, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        const callback = args.at(-1)
        if (typeof callback !== 'function')
          return Promise.resolve().then(() => Reflect.apply(member, target, args))
        setImmediate(() => Reflect.apply(member, target, args))
        return undefined
      }
    },
  })
}

describe.each([
  ['a jar', () => new CookieJar()],
  ['a store', () => new MemoryCookieStore()],
  ['a store that answers later', laterStore],
  ['a jar over a store that answers later', () => new CookieJar(laterStore())],
])('JarCookies over %s', (_what, make) => {
  it('stores cookies in the external store', async () => {
    const theirs = make()
    const cookies = new JarCookies(theirs)
    await cookies.capture(['a=1; Path=/', 'b=2; Domain=example.com; HttpOnly'], url)
    expect(await cookies.headerFor(url)).toBe('b=2; a=1')
    expect(await cookies.headerFor('https://example.com/a/')).toBe('b=2')
    const jar = 'store' in theirs ? theirs : new CookieJar(theirs)
    expect(await jar.getCookieString(url)).toBe('b=2; a=1')
    expect(await new JarCookies(theirs).headerFor(url)).toBe('b=2; a=1')
  })

  it('supports get, set, delete, explain and clear', async () => {
    const cookies = new JarCookies(make())
    await cookies.set({ name: 'a', value: '1', url, maxAge: 60 })
    await cookies.set({ name: 'b', value: '2', url })
    expect((await cookies.get({ name: 'a', url }))?.value).toBe('1')
    expect((await cookies.explain(url)).map(({ name, sent }) => [name, sent])).toEqual([
      ['a', true],
      ['b', true],
    ])
    await cookies.delete({ name: 'a', url })
    expect(await cookies.getAll()).toMatchObject([{ name: 'b' }])
    await cookies.clear()
    expect(await cookies.headerFor(url)).toBe('')
  })

  it('applies our rules when storing', async () => {
    const cookies = new JarCookies(make())
    const reasons: string[] = []
    cookies.addEventListener('rejected', ({ reason }) => reasons.push(reason))
    await cookies.capture(['sid=good; Secure; Path=/', '__host-a=1', 'x=\x01', 'c=1; Domain=com'], url)
    await cookies.capture(['sid=evil; Path=/', 'sid=; Path=/; Max-Age=0'], 'http://www.example.com/')
    await cookies.capture(['f=1'], 'file:///x')
    expect(await cookies.headerFor(url)).toBe('sid=good')
    expect(reasons).toEqual([
      'prefix',
      'invalid-character',
      'public-suffix',
      'secure-exists',
      'secure-exists',
      'not-http',
    ])
  })

  it('deletes cookies that a site expires', async () => {
    const cookies = new JarCookies(make())
    await cookies.capture(['a=1; Path=/', 'a=; Path=/; Max-Age=0'], url)
    expect(await cookies.getAll()).toEqual([])
  })

  it('does not extend the expiry by reading', async () => {
    const cookies = new JarCookies(make())
    await cookies.capture(['a=1; Path=/; Max-Age=60'], url)
    const [cookie] = await cookies.jar.getCookies(url)
    expect([cookie?.maxAge, Number(cookie?.expires) - Date.now() <= 60_000]).toEqual([null, true])
  })

  it('compares paths without decoding', async () => {
    const cookies = new JarCookies(make())
    await cookies.capture(['a=1; Path=/a%20b'], url)
    expect([
      await cookies.headerFor('https://www.example.com/a%20b/c'),
      await cookies.headerFor(url),
    ]).toEqual(['a=1', ''])
  })

  it('imports cookies and reports changes', async () => {
    const cookies = new JarCookies(make())
    const names: string[] = []
    cookies.addEventListener('change', ({ changed }) => names.push(...changed.map(({ name }) => name)))
    const data = { cookies: [{ name: 'a', value: '1', domain: 'www.example.com', path: '/' }, 7] }
    expect(await cookies.fromJSON(data)).toEqual({
      stored: 1,
      rejected: [{ index: 1, name: '', reason: 'malformed' }],
    })
    expect([await cookies.headerFor(url), names]).toEqual(['a=1', ['a']])
  })
})

describe('ExternalJar', () => {
  it('omits cookies that would break a header', async () => {
    const jar = new CookieJar()
    jar.setCookieSync('ok=1', url)
    jar.setCookieSync(new Cookie({ key: 'evil', value: '1\r\nX-Evil: 1' }), url)
    expect(await new JarCookies(jar).headerFor(url)).toBe('ok=1')
  })

  it('rejects if the store fails', async () => {
    const store = new MemoryCookieStore()
    store.findCookies = () => Promise.reject(new Error('connection lost'))
    store.putCookie = (_cookie: Cookie, callback?: (error: Error | null) => void) => {
      callback?.(new Error('disk full'))
      return Promise.resolve()
    }
    const cookies = new JarCookies(store)
    await expect(cookies.capture(['a=1'], url)).rejects.toThrow(SessionError)
  })
})
