import { SessionClosedError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { documentCookies } from './document-cookies.js'
import { Session } from './session.js'

const HOME = 'https://api.test/'

/** A page that can be hidden, whose fetch never answers. */
class Page extends EventTarget {
  readonly init: RequestInit[] = []
  /** What is listened for. */
  readonly listeners: string[] = []

  open(): this {
    vi.stubGlobal('addEventListener', (type: string, listener: EventListener) => {
      this.listeners.push(type)
      this.addEventListener(type, listener)
    })
    vi.stubGlobal('removeEventListener', (type: string, listener: EventListener) => {
      this.listeners.splice(this.listeners.indexOf(type), 1)
      this.removeEventListener(type, listener)
    })
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      this.init.push(init)
      return new Promise(() => {})
    })
    return this
  }

  hide(): void {
    this.dispatchEvent(new Event('pagehide'))
  }
}

/** What a promise rejects with. */
const reason = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (error: unknown) => error,
  )

describe('Session', () => {
  let page: Page
  beforeEach(() => {
    page = new Page().open()
  })
  afterEach(() => vi.unstubAllGlobals())

  const sent = async (session: Session, url: string, init = {}): Promise<RequestInit | undefined> => {
    const call = reason(session.get(url, init))
    await expect.poll(() => page.init.length).toBeGreaterThan(0)
    await session.close()
    await call
    return page.init.at(-1)
  }

  it.each<[string, string | undefined, object, object]>([
    ['https://api.test/x', 'include', { baseUrl: HOME }, {}],
    ['https://second.test/x', 'include', { baseUrl: HOME, origins: ['https://second.test'] }, {}],
    ['https://other.test/x', undefined, { baseUrl: HOME }, {}],
    ['https://other.test/x', 'include', {}, {}],
    ['https://other.test/x', 'include', { baseUrl: HOME }, { credentials: 'include' }],
    ['https://api.test/x', 'omit', { baseUrl: HOME }, { credentials: 'omit' }],
    ['https://other.test/x', 'omit', { baseUrl: HOME, credentials: 'omit' }, {}],
    ['https://api.test/x', 'same-origin', { baseUrl: HOME, credentials: 'same-origin' }, {}],
  ])(
    'sends to %s with credentials %s, where undefined is fetch’s same-origin',
    async (url, credentials, options, init) => {
      expect((await sent(new Session(options), url, init))?.credentials).toBe(credentials)
    },
  )

  it('passes keepalive and priority of the session and the call to fetch', async () => {
    const session = new Session({ priority: 'low', keepalive: true })
    expect(await sent(session, HOME, { priority: 'high' })).toMatchObject({
      keepalive: true,
      priority: 'high',
    })
  })

  describe('with abortOnPageHide', () => {
    it('aborts pending calls at pagehide, and works afterwards', async () => {
      const session = new Session({ abortOnPageHide: true })
      const calls = [reason(session.get(HOME)), reason(session.extend().get(HOME))]
      page.hide()
      for (const error of await Promise.all(calls)) expect(error).toMatchObject({ name: 'AbortError' })
      vi.stubGlobal('fetch', async () => new Response('again'))
      expect(await session.get(HOME).text()).toBe('again')
    })

    it('removes its listener when it is closed', async () => {
      const session = new Session({ abortOnPageHide: true })
      expect(page.listeners).toEqual(['pagehide'])
      await session.close()
      expect(page.listeners).toEqual([])
    })

    it('works without addEventListener', async () => {
      vi.stubGlobal('addEventListener', undefined)
      vi.stubGlobal('removeEventListener', undefined)
      await expect(new Session({ abortOnPageHide: true }).close()).resolves.toBeUndefined()
    })
  })

  it('adds no listener by default', async () => {
    const session = new Session()
    const call = reason(session.get(HOME))
    expect(page.listeners).toEqual([])
    page.hide()
    await session.close()
    expect(await call).toBeInstanceOf(SessionClosedError)
  })

  it('uses the given cookies, as do its children', () => {
    const cookies = documentCookies()
    const session = new Session({ cookies })
    expect([session.cookies, session.extend().cookies, session.fork().cookies]).toEqual([
      cookies,
      cookies,
      cookies,
    ])
    expect(session.extend({ cookies: documentCookies() }).cookies).not.toBe(cookies)
    expect(session.extend({ cookies: undefined }).cookies).toBe(cookies)
  })
})
