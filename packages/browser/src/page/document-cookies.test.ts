import { InvalidRequestError, UnsupportedError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { documentCookies } from './document-cookies.js'

/** A document that keeps names and values, and refuses Secure cookies as a page of http must. */
class Page {
  readonly written: string[] = []
  readonly #kept = new Map<string, string>()

  get cookie(): string {
    return Array.from(this.#kept, ([name, value]) => (name === '' ? value : `${name}=${value}`)).join('; ')
  }

  set cookie(text: string) {
    this.written.push(text)
    const [pair = '', ...attributes] = text.split('; ')
    const [, name = '', value = ''] = /^(?:([^=]*)=)?(.*)$/.exec(pair) ?? []
    if (attributes.includes('Secure')) return
    if (attributes.includes('Expires=Thu, 01 Jan 1970 00:00:00 GMT')) this.#kept.delete(name)
    else this.#kept.set(name, value)
  }
}

describe('documentCookies', () => {
  let page: Page
  const cookies = documentCookies()

  beforeEach(() => {
    page = new Page()
    vi.stubGlobal('document', page)
    vi.stubGlobal('location', new URL('http://page.test/deep/at'))
  })
  afterEach(() => vi.unstubAllGlobals())

  it('sets, gets and deletes cookies by name', async () => {
    await cookies.set('one', '1')
    await cookies.set({ name: 'two', value: '2=b' })
    expect(await cookies.get('two')).toEqual({ name: 'two', value: '2=b' })
    expect(await cookies.get({ name: 'none' })).toBeNull()
    expect(await cookies.getAll()).toEqual([
      { name: 'one', value: '1' },
      { name: 'two', value: '2=b' },
    ])
    await cookies.delete('one')
    expect(await cookies.getAll()).toEqual([{ name: 'two', value: '2=b' }])
    expect(await cookies.getAll('one')).toEqual([])
  })

  it('returns none without cookies, and a cookie without a name', async () => {
    expect(await cookies.getAll()).toEqual([])
    await cookies.set('', 'alone')
    expect(await cookies.getAll()).toEqual([{ name: '', value: 'alone' }])
  })

  it('writes maxAge as an expiry time', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(0)
    await cookies.set({ name: 'a', value: '1', maxAge: 60 })
    expect(page.written).toEqual(['a=1; Path=/; SameSite=strict; Expires=Thu, 01 Jan 1970 00:01:00 GMT'])
    vi.restoreAllMocks()
  })

  it('writes a recent time as 1970, because a browser may not compare fractions of a second', async () => {
    await cookies.set('a', '1')
    await cookies.set({ name: 'a', value: '1', maxAge: 0 })
    expect(page.written[1]).toContain('Expires=Thu, 01 Jan 1970 00:00:00 GMT')
    expect(await cookies.get('a')).toBeNull()
  })

  it('deletes by path and domain', async () => {
    const cookie: object = { name: 'a', path: '/x', domain: 'page.test' }
    await cookies.delete(cookie)
    expect(page.written[0]).toMatch(
      /^a=; Path=\/x; SameSite=strict; Domain=page\.test; Expires=Thu, 01 Jan 1970/,
    )
  })

  it('throws if the browser rejects a cookie that the page would see', async () => {
    await expect(cookies.set({ name: 'a', value: '1', secure: true })).rejects.toBeInstanceOf(
      InvalidRequestError,
    )
    await cookies.set({ name: 'a', value: '1', secure: true, path: '/deeper' })
    await cookies.set({ name: 'a', value: '1', secure: true, expires: 0 })
    await expect(cookies.set({ name: 'a', value: '1', secure: true, path: '/deep' })).rejects.toThrow(
      'rejected',
    )
  })

  it.each<[string, () => unknown]>([
    ['an HttpOnly cookie', () => cookies.set({ name: 'a', value: '1', httpOnly: true })],
    ['a cookie of another origin', () => cookies.get({ name: 'a', url: 'https://other.test/' })],
    ['a listener', async () => cookies.addEventListener('change', () => {})],
  ])('refuses %s', async (_what, ask) => {
    await expect(ask()).rejects.toBeInstanceOf(UnsupportedError)
  })

  it('needs a document', async () => {
    vi.stubGlobal('document', undefined)
    await expect(cookies.getAll()).rejects.toBeInstanceOf(UnsupportedError)
  })
})
