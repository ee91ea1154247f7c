import { CookieJar } from 'tough-cookie'
import { describe, expect, it } from 'vitest'
import { JarCookies } from './jar-cookies.js'

const url = 'https://www.example.com/'
const own = { name: 'sid', value: 'own', domain: 'www.example.com', path: '/', expires: -1, secure: true }

async function fromState(...cookies: object[]): Promise<[string, string[]]> {
  const jar = new JarCookies()
  const { rejected } = await jar.fromStorageState({ cookies, origins: [] })
  return [await jar.headerFor(url), rejected.map(({ reason }) => reason)]
}

describe('JarCookies.fromStorageState: partitioned cookies', () => {
  it.each([
    ['of another site', { partitionKey: 'https://shop.test' }],
    ['of a site that looks like it', { partitionKey: 'https://notexample.com' }],
    ['of a site below', { partitionKey: 'https://a.www.example.com' }],
    [
      'of its own site inside another',
      { partitionKey: 'https://example.com', _crHasCrossSiteAncestor: true },
    ],
    [
      'as DevTools say it',
      { partitionKey: { topLevelSite: 'https://shop.test', hasCrossSiteAncestor: true } },
    ],
    ['that nobody can read', { partitionKey: '(https,shop.test)' }],
    ['of nothing at all', { partitionKey: 7 }],
  ])('%s is not taken, and leaves the site’s own alone', async (_what, partition) => {
    const foreign = { ...own, value: 'foreign', ...partition }
    expect(await fromState(own, foreign)).toEqual(['sid=own', ['partitioned']])
    expect(await fromState(foreign, own)).toEqual(['sid=own', ['partitioned']])
    expect(await fromState(foreign)).toEqual(['', ['partitioned']])
  })

  it('of its own site is sent together with the site’s own, as by a browser', async () => {
    const key = { partitionKey: 'https://example.com', _crHasCrossSiteAncestor: false }
    expect(await fromState(own, { ...own, value: 'part', ...key })).toEqual(['sid=own; sid=part', []])
    const jar = new JarCookies()
    await jar.fromStorageState({ cookies: [{ ...own, value: 'part', ...key }] })
    expect(jar.toStorageState().cookies).toMatchObject([
      { value: 'part', partitionKey: 'https://example.com' },
    ])
  })
})

describe('JarCookies.capture: Partitioned', () => {
  it('distinguishes a partitioned cookie from its twin, and each expires separately', async () => {
    const jar = new JarCookies()
    await jar.capture(['sid=old; Path=/', 'sid=new; Path=/; Secure; Partitioned'], url)
    expect(jar.headerFor(url)).toBe('sid=old; sid=new')
    expect(await jar.getAll({ url })).toMatchObject([{ value: 'old' }, { value: 'new', partitioned: true }])
    await jar.capture(['sid=; Path=/; Max-Age=0'], url)
    expect(jar.headerFor(url)).toBe('sid=new')
    await jar.capture(['sid=; Path=/; Max-Age=0; Secure; Partitioned'], url)
    expect(jar.headerFor(url)).toBe('')
  })

  it('needs Secure', async () => {
    const jar = new JarCookies()
    const reasons: string[] = []
    jar.addEventListener('rejected', ({ reason }) => reasons.push(reason))
    await jar.capture(['sid=1; Partitioned'], url)
    expect([jar.headerFor(url), reasons]).toEqual(['', ['partitioned']])
  })

  it('survives JSON and copies', async () => {
    const jar = new JarCookies()
    await jar.set({ name: 'sid', value: 'own', url })
    await jar.set({ name: 'sid', value: 'part', url, secure: true, partitioned: true })
    const again = new JarCookies()
    await again.fromJSON(JSON.stringify(jar))
    expect([again.headerFor(url), jar.copy().headerFor(url)]).toEqual([
      'sid=own; sid=part',
      'sid=own; sid=part',
    ])
  })

  it('replaces a cookie from a file without partition information', async () => {
    const jar = new JarCookies()
    await jar.set({ name: 'sid', value: '1', url, secure: true, partitioned: true })
    const again = new JarCookies()
    await again.fromNetscape(jar.toNetscape())
    expect(again.headerFor(url)).toBe('sid=1')
    await again.capture(['sid=2; Path=/; Secure; Partitioned'], url)
    expect(again.headerFor(url)).toBe('sid=2')
  })

  it('cookies.txt contains the unpartitioned twin', async () => {
    const jar = new JarCookies()
    await jar.capture(['sid=part; Path=/; Secure; Partitioned', 'sid=own; Path=/'], url)
    expect(jar.toNetscape().match(/sid\t\w+/g)).toEqual(['sid\town'])
  })

  it('is kept by a tough-cookie store, and does not replace the site’s own', async () => {
    const jar = new JarCookies(new CookieJar())
    await jar.capture(['sid=own; Path=/', 'sid=part; Path=/; Secure; Partitioned'], url)
    expect(await jar.headerFor(url)).toBe('sid=own')
    await jar.capture(['b=1; Path=/; Secure; Partitioned', 'b=2; Path=/; Secure; Partitioned'], url)
    expect(await jar.headerFor(url)).toBe('sid=own; b=2')
    expect(await jar.getAll({ name: 'b', url })).toMatchObject([{ partitioned: true }])
  })
})
