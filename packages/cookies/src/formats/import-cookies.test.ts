import { InvalidRequestError } from '@session-fetch/core'
import { CookieJar } from 'tough-cookie'
import { describe, expect, it } from 'vitest'
import { JarCookies } from '../store/jar-cookies.js'

const url = 'https://www.example.com/'
/** A whole second, for formats that know nothing finer. */
const later = Math.floor(Date.now() / 1000) * 1000 + 86_400_000

async function full(): Promise<JarCookies> {
  const cookies = new JarCookies()
  await cookies.set({ name: 'host', value: '1', url })
  await cookies.set({ name: 'domain', value: '2', domain: 'example.com', expires: later, httpOnly: true })
  await cookies.set({ name: '__Host-safe', value: 'x"y=z, w', url, secure: true, sameSite: 'strict' })
  await cookies.set({
    name: 'deep',
    value: '',
    url,
    path: '/a/b',
    secure: true,
    sameSite: 'none',
    expires: later,
  })
  await cookies.set({ name: 'latin', value: 'voil\xc3\xa0', url: 'http://127.0.0.1:8080/' })
  await cookies.set({ name: 'six', value: '6', url: 'http://[::1]/' })
  return cookies
}

/** All but the order, and but what the format cannot hold. */
async function shown(cookies: JarCookies, without: readonly string[] = []): Promise<string[]> {
  const all = cookies.toJSON().cookies.map((cookie) => ({ ...cookie, creation: 0 }))
  return all
    .map((cookie) =>
      JSON.stringify(cookie, (key, value: unknown) => (without.includes(key) ? undefined : value)),
    )
    .sort()
}

describe('importCookies', () => {
  it('round-trips through JSON', async () => {
    const [before, after] = [await full(), new JarCookies()]
    expect(await after.fromJSON(JSON.stringify(before))).toEqual({ stored: 6, rejected: [] })
    expect(after.toJSON()).toEqual(before.toJSON())
  })

  it('round-trips through cookies.txt, except for SameSite', async () => {
    const [before, after] = [await full(), new JarCookies()]
    const text = before.toNetscape()
    expect(await after.fromNetscape(text)).toEqual({ stored: 6, rejected: [] })
    expect(await shown(after)).toEqual(await shown(before, ['sameSite']))
    expect(text.split('\n').slice(0, 3)).toEqual([
      '# Netscape HTTP Cookie File',
      '',
      'www.example.com\tFALSE\t/\tFALSE\t0\thost\t1',
    ])
    expect(text).toContain(`#HttpOnly_.example.com\tTRUE\t/\tFALSE\t${later / 1000}\tdomain\t2\n`)
  })

  it('round-trips through a storage state, with Lax as the default of SameSite', async () => {
    const [before, after] = [await full(), new JarCookies()]
    expect(await after.fromStorageState(JSON.parse(JSON.stringify(before.toStorageState())))).toEqual({
      stored: 6,
      rejected: [],
    })
    expect(await shown(after, ['sameSite'])).toEqual(await shown(before, ['sameSite']))
    expect(before.toStorageState()).toMatchObject({
      cookies: [
        { name: 'host', domain: 'www.example.com', expires: -1, sameSite: 'Lax' },
        { name: 'domain', domain: '.example.com', expires: later / 1000, httpOnly: true },
        { name: '__Host-safe', sameSite: 'Strict' },
        { name: 'deep', sameSite: 'None' },
        {},
        {},
      ],
      origins: [],
    })
  })

  it('comes from tough-cookie', async () => {
    const theirs = new CookieJar()
    theirs.setCookieSync('a=1; Domain=example.com; Path=/; Max-Age=60; HttpOnly', url)
    theirs.setCookieSync('b=2; Path=/; Expires=Fri, 31 Dec 2100 23:59:59 GMT', url)
    const cookies = new JarCookies()
    expect((await cookies.fromJSON(theirs.serializeSync())).stored).toBe(2)
    expect([cookies.headerFor('https://example.com/'), cookies.headerFor(url)]).toEqual(['a=1', 'a=1; b=2'])
    const { expires } = (await cookies.get({ name: 'a', url })) ?? {}
    expect(Number(expires) - Date.now()).toBeLessThanOrEqual(60_000)
  })

  it('omits cookies that cookies.txt cannot represent', () => {
    const cookies = new JarCookies()
    void cookies.capture(['nameless', 'tab=a\tb', 'a=1'], url)
    expect(
      cookies
        .toNetscape()
        .split('\n')
        .filter((line) => line.includes('example')),
    ).toEqual(['www.example.com\tFALSE\t/\tFALSE\t0\ta\t1'])
  })
})

describe('readNetscape', () => {
  it('reads files of other tools', async () => {
    const cookies = new JarCookies()
    const text = [
      '# HTTP Cookie File',
      '  ',
      '# a comment',
      '.example.com\tTRUE\t/\tFALSE\t0\ta\t1\r',
      'example.com\ttrue\t/\tfalse\t0\tempty',
      `#HttpOnly_www.example.com\tFALSE\t/\tTRUE\t${later / 1000}.5\tb\t2`,
    ].join('\n')
    expect(await cookies.fromNetscape(text)).toEqual({ stored: 3, rejected: [] })
    expect(cookies.headerFor(url)).toBe('a=1; empty=; b=2')
  })

  it('skips and reports lines that are not cookies', async () => {
    const text = [
      'no cookie',
      'example.com\tTRUE\t/\tFALSE\tsoon\ta\t1',
      'example.com\tTRUE\t/\tFALSE\t1\tpast\t1',
      'com\tTRUE\t/\tFALSE\t0\tb\t1',
      'exa mple\tTRUE\t/\tFALSE\t0\tc\t1',
      'example.com\tTRUE\tx\tFALSE\t0\td\t1',
      'example.com\tTRUE\t/\tFALSE\t0\te\t1\t2',
      'example.com\tTRUE\t/\tFALSE\t0\tf\t1;2',
    ].join('\n')
    const { stored, rejected } = await new JarCookies().fromNetscape(text)
    expect([stored, rejected.map(({ index, reason }) => `${index} ${reason}`)]).toEqual([
      0,
      [
        '0 malformed',
        '1 invalid-expiry',
        '2 expired',
        '3 public-suffix',
        '4 domain-mismatch',
        '5 invalid-path',
        '6 malformed',
        '7 invalid-character',
      ],
    ])
  })
})

describe('importCookies: hostile data', () => {
  it.each([[null], [7], ['{"cookies":'], ['{}'], ['[]'], [{ cookies: 'x' }]])(
    'that holds no cookies is refused: %j',
    async (data) => {
      await expect(new JarCookies().fromJSON(data)).rejects.toThrow(InvalidRequestError)
      await expect(new JarCookies().fromStorageState(data)).rejects.toThrow(InvalidRequestError)
    },
  )

  it('does not quote invalid text', async () => {
    const error = await new JarCookies().fromJSON('{"cookies": [secret').catch((reason: unknown) => reason)
    expect(JSON.stringify(error) + String(error)).not.toContain('secret')
  })

  it.each([
    ['a key of no string', { name: 7, value: '1' }, 'malformed'],
    ['no domain', { domain: undefined }, 'malformed'],
    ['a domain that is a URL', { domain: 'https://example.com/' }, 'domain-mismatch'],
    ['a domain with userinfo', { domain: 'me@example.com' }, 'domain-mismatch'],
    ['a domain with a port', { domain: 'example.com:8080' }, 'domain-mismatch'],
    ['a domain of dots', { domain: '..example.com' }, 'domain-mismatch'],
    ['an empty domain', { domain: '' }, 'domain-mismatch'],
    ['a public suffix', { domain: 'co.uk', hostOnly: false }, 'public-suffix'],
    ['a single label', { domain: 'intranet', hostOnly: false }, 'public-suffix'],
    ['a line break', { value: '1\r\nX: 1' }, 'invalid-character'],
    ['a NUL', { name: 'a\0' }, 'invalid-character'],
    ['half a surrogate pair', { value: '\ud83d' }, 'invalid-character'],
    ['a domain that ends in a dot', { domain: 'example.com.', hostOnly: false }, 'domain-mismatch'],
    ['the partition of another site', { partitionKey: 'https://other.test', secure: true }, 'partitioned'],
    ['a partition, and not Secure', { partitioned: true }, 'partitioned'],
    ['an equals sign in its name', { name: 'a=b' }, 'invalid-character'],
    ['a semicolon in its path', { path: '/; x' }, 'invalid-character'],
    ['a relative path', { path: 'x' }, 'invalid-path'],
    ['a long path', { path: `/${'x'.repeat(1024)}` }, 'invalid-path'],
    ['a long value', { value: 'x'.repeat(5000) }, 'too-large'],
    ['a bad end', { expires: 'soon' }, 'invalid-expiry'],
    ['an end of no number', { expires: {} }, 'invalid-expiry'],
    ['a past end', { expires: 1 }, 'expired'],
    ['a prefix', { name: '__Host-a', secure: true, hostOnly: false }, 'prefix'],
    ['SameSite=None alone', { sameSite: 'none' }, 'same-site-none'],
    ['nothing', { name: '', value: '' }, 'empty'],
  ])('with %s is passed over', async (_what, fault, reason) => {
    const cookie = { name: 'a', value: '1', domain: 'example.com', path: '/', ...fault }
    const cookies = new JarCookies()
    const { rejected } = await cookies.fromJSON({ cookies: [cookie, { ...cookie, ...GOOD }] })
    expect([rejected.map((each) => each.reason), cookies.size]).toEqual([[reason], 1])
  })

  it('ignores an invalid creation time', async () => {
    const cookies = new JarCookies()
    const cookie = { name: 'a', value: '1', domain: 'example.com', path: '/', creation: -1e300 }
    expect(await cookies.fromJSON({ cookies: [cookie] })).toEqual({ stored: 1, rejected: [] })
    await expect(cookies.jar.serialize()).resolves.toHaveProperty('cookies.length', 1)
  })

  it('limits the lifetime, and ignores creation times in the future', async () => {
    const cookies = new JarCookies()
    const cookie = { name: 'a', value: '1', domain: 'example.com', path: '/', expires: 9e15, creation: 9e15 }
    await cookies.fromJSON({ cookies: [cookie] })
    const [kept] = cookies.toJSON().cookies
    expect(Number(kept?.expires)).toBeLessThanOrEqual(Date.now() + 400 * 86_400_000)
    expect(kept?.creation).toBeLessThanOrEqual(Date.now())
  })

  it('does not modify prototypes', async () => {
    const cookies = new JarCookies()
    const text = `{"cookies":[{"name":"__proto__","value":"1","domain":"example.com","path":"/","__proto__":{"secure":true}}],"__proto__":{"x":1}}`
    expect((await cookies.fromJSON(text)).stored).toBe(1)
    expect([cookies.headerFor('http://example.com/'), 'x' in {}]).toEqual(['__proto__=1', false])
  })

  it('is read up to 50 000 entries, and the jar keeps its limits', async () => {
    const cookies = new JarCookies()
    const many = Array.from({ length: 50_100 }, (_, index) => ({
      ...GOOD,
      name: `n${index}`,
      domain: `h${index % 300}.test`,
    }))
    const { rejected } = await cookies.fromJSON({ cookies: many })
    expect(rejected).toHaveLength(100)
    expect(rejected[0]).toMatchObject({ index: 50_000, reason: 'too-many' })
    expect(cookies.size).toBeLessThanOrEqual(5000)
  }, 600_000)
})

const GOOD = {
  name: 'good',
  value: '1',
  domain: 'example.com',
  hostOnly: true,
  path: '/',
  expires: null,
  secure: false,
  sameSite: undefined,
  partitioned: false,
  partitionKey: null,
}
