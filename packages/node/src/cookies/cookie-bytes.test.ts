import { JarCookies } from '@session-fetch/cookies'
import { Session } from '@session-fetch/node'
import { describe, expect, it } from 'vitest'

const url = 'https://www.example.com/'
/** What servers send: `zürich` in UTF-8, and `café` in latin-1. */
const lines = ['city=z\xc3\xbcrich; Path=/; Max-Age=60', 'cafe=caf\xe9; Path=/; Max-Age=60']
const header = 'city=z\xc3\xbcrich; cafe=caf\xe9'

function jar(...set: string[]): JarCookies {
  const cookies = new JarCookies()
  void cookies.capture(set, url)
  return cookies
}

describe('cookieText and cookieBytes', () => {
  it('is decoded and encoded as UTF-8, and sent as the received bytes', async () => {
    const cookies = jar(...lines)
    expect(await cookies.get({ name: 'city', url })).toMatchObject({ value: 'zürich' })
    expect(cookies.headerFor(url)).toBe(header)
    await cookies.set({ name: 'Łódź', value: '😀', url, path: '/ü' })
    expect(cookies.headerFor(`${url}%C3%BC`)).toBe(header) // a path is compared as it is written
    expect(await cookies.getAll({ url: null, name: 'Łódź', path: '/ü' })).toMatchObject([{ value: '😀' }])
    await cookies.delete({ name: 'city', url })
    expect(cookies.headerFor(url)).toBe('cafe=caf\xe9')
  })

  it('is written back as it was read, with any bytes', async () => {
    const cookies = jar(...lines)
    for (const cookie of await cookies.getAll({ url })) await cookies.set({ ...cookie, url, domain: null })
    expect(cookies.headerFor(url)).toBe(header)
  })

  it.each<[string, (cookies: JarCookies) => Promise<JarCookies>]>([
    ['JSON', async (cookies) => imported((other) => other.fromJSON(JSON.stringify(cookies)))],
    [
      'a session’s export',
      async (cookies) => {
        const session = new Session({ jar: cookies })
        const data = await session.export({ cookies: true })
        return (await Session.import(JSON.parse(JSON.stringify(data)) as typeof data)).cookies
      },
    ],
    ['a copy', async (cookies) => cookies.copy()],
    ['tough-cookie', async (cookies) => imported((other) => other.fromJSON(cookies.jar.serializeSync()))],
  ])('survives %s, byte for byte', async (_what, travel) => {
    expect((await travel(jar(...lines))).headerFor(url)).toBe(header)
  })

  it('is text in every export', () => {
    const cookies = jar('city=z\xc3\xbcrich; Path=/')
    expect(cookies.toJSON().cookies).toMatchObject([{ value: 'zürich' }])
    expect(cookies.toStorageState().cookies).toMatchObject([{ value: 'zürich' }])
    expect(cookies.toNetscape()).toContain('\tcity\tzürich\n')
  })

  it('is read from text', async () => {
    const state = { name: 'city', value: 'zürich', domain: 'www.example.com', path: '/', expires: -1 }
    const cookies = await imported((other) => other.fromStorageState({ cookies: [state], origins: [] }))
    expect(cookies.headerFor(url)).toBe('city=z\xc3\xbcrich')
    const again = await imported((other) => other.fromNetscape(cookies.toNetscape()))
    expect(again.headerFor(url)).toBe('city=z\xc3\xbcrich')
  })

  it('is omitted if its bytes would change', async () => {
    const cookies = jar(...lines)
    expect(cookies.toStorageState().cookies.map(({ name }) => name)).toEqual(['city'])
    expect(cookies.toNetscape()).not.toContain('cafe')
  })

  it('has decoded text in events', async () => {
    const cookies = new JarCookies()
    const seen: unknown[] = []
    cookies.addEventListener('change', ({ changed }) => seen.push(...changed.map(({ value }) => value)))
    cookies.addEventListener('rejected', ({ name }) => seen.push(name))
    await cookies.capture(['a=z\xc3\xbcrich', 'z\xc3\xbc=1; Domain=other.test'], url)
    await Promise.resolve()
    expect(seen).toEqual(['zü', 'zürich'])
  })
})

async function imported(fill: (cookies: JarCookies) => Promise<unknown>): Promise<JarCookies> {
  const cookies = new JarCookies()
  await fill(cookies)
  return cookies
}
