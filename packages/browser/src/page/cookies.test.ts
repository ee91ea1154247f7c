import { UnsupportedError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Session } from './session.js'

/** Writes down what a browser's CookieStore is asked. */
class Store extends EventTarget {
  readonly asked: unknown[] = []

  async get(query: object) {
    this.asked.push(['get', query])
    return { name: 'a', value: '1' }
  }

  async getAll(query: object) {
    this.asked.push(['getAll', query])
    return []
  }

  async set(cookie: object) {
    this.asked.push(['set', cookie])
  }

  async delete(cookie: object) {
    this.asked.push(['delete', cookie])
  }
}

describe('session.cookies in a browser', () => {
  let store: Store
  const { cookies } = new Session()

  beforeEach(() => {
    store = new Store()
    vi.stubGlobal('cookieStore', store)
    vi.stubGlobal('location', new URL('https://page.test/at'))
  })
  afterEach(() => vi.unstubAllGlobals())

  it('queries the CookieStore by name and by query', async () => {
    expect(await cookies.get('a')).toEqual({ name: 'a', value: '1' })
    await cookies.get({ name: 'a', url: 'https://page.test/else' })
    await cookies.getAll()
    await cookies.getAll('a')
    await cookies.delete('a')
    await cookies.delete({ name: 'a' })
    expect(store.asked).toEqual([
      ['get', { name: 'a' }],
      ['get', { name: 'a' }],
      ['getAll', {}],
      ['getAll', { name: 'a' }],
      ['delete', { name: 'a' }],
      ['delete', { name: 'a' }],
    ])
  })

  it('sets cookies, with maxAge as an expiry time', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(1000)
    await cookies.set('a', '1')
    await cookies.set({ name: 'b', value: '2', path: '/x', sameSite: 'lax', partitioned: true, url: '/y' })
    await cookies.set({ name: 'c', value: '3', maxAge: 60, expires: 5 })
    await cookies.set({ name: 'd', value: '4', maxAge: null })
    expect(store.asked).toEqual([
      ['set', { name: 'a', value: '1' }],
      ['set', { name: 'b', value: '2', path: '/x', sameSite: 'lax', partitioned: true }],
      ['set', { name: 'c', value: '3', expires: 61_000 }],
      ['set', { name: 'd', value: '4' }],
    ])
    vi.restoreAllMocks()
  })

  it.each<[string, () => Promise<unknown>]>([
    ['an HttpOnly cookie', () => cookies.set({ name: 'a', value: '1', httpOnly: true })],
    ['a cookie of another origin', () => cookies.get({ name: 'a', url: 'https://other.test/' })],
    ['all of another origin', () => cookies.getAll({ url: 'http://page.test/' })],
  ])('refuses %s', async (_what, ask) => {
    await expect(ask()).rejects.toBeInstanceOf(UnsupportedError)
    expect(store.asked).toEqual([])
  })

  it('passes change events through', () => {
    const heard: string[] = []
    const listener = (event: Event): void => void heard.push(event.type)
    cookies.addEventListener('change', listener)
    store.dispatchEvent(new Event('change'))
    cookies.removeEventListener('change', listener)
    store.dispatchEvent(new Event('change'))
    expect(heard).toEqual(['change'])
  })

  it('names what is missing without a CookieStore', async () => {
    vi.stubGlobal('cookieStore', undefined)
    await expect(cookies.get('a')).rejects.toThrow(/https.*documentCookies/)
    expect(() => cookies.addEventListener('change', () => {})).toThrow(UnsupportedError)
  })
})
