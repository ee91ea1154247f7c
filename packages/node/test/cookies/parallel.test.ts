import { JarCookies, Session } from '@session-fetch/node'
import { CookieJar, MemoryCookieStore } from 'tough-cookie'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CookieServer, startCookieServer } from './cookie-server.js'

let site: CookieServer

beforeAll(async () => {
  site = await startCookieServer()
})

afterAll(() => site.close())

/** A store that answers later, as one across a network does. */
function laterStore(): MemoryCookieStore {
  const store = new MemoryCookieStore()
  store.synchronous = false
  for (const name of ['findCookie', 'findCookies', 'putCookie'] as const) {
    const now = store[name]
    Object.assign(store, {
      [name]: (...args: unknown[]) => setImmediate(() => Reflect.apply(now, store, args)),
    })
  }
  return store
}

describe('session.cookies: a thousand parallel responses', () => {
  it.each([
    ['a jar of our own', () => new JarCookies(undefined, { perDomain: 2000 })],
    ['a jar of someone else', () => new CookieJar()],
    ['a store that answers later', laterStore],
  ])('lose no cookie in %s', async (_what, jar) => {
    const session = new Session({ baseUrl: site.url, jar: jar() })
    await Promise.all(
      Array.from({ length: 1000 }, (_, n) =>
        session.get(`set?a${n}=${n};Path=/&b${n}=${n};Path=/;Max-Age=60`).text(),
      ),
    )
    const names = new Set((await session.cookies.getAll()).map(({ name }) => name))
    expect(names.size).toBe(2000)
    await session.close()
  })

  it('do not mix the cookies of two users', async () => {
    const users = Array.from({ length: 50 }, () => new Session({ baseUrl: site.url }))
    await Promise.all(users.map((user, n) => user.get(`set?user=${n};Path=/`).text()))
    const seen = await Promise.all(users.map((user) => user.get('').text()))
    expect(seen).toEqual(users.map((_, n) => `user=${n}`))
    await Promise.all(users.map((user) => user.close()))
  })
})
