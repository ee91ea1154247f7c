import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Session } from '@session-fetch/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

/** The `Cookie` header of each request, by its path. */
const seen: string[] = []
const server = createServer(answer)
let url = ''

function answer({ url: path = '/', headers }: IncomingMessage, response: ServerResponse): void {
  seen.push(`${path} ${headers.cookie ?? ''}`)
  const [, action = '', name = ''] = path.split('/')
  const lines: Record<string, string[]> = {
    rotate: [`${name}=new; Path=/`, 'seen=1; Path=/'],
    end: [`${name}=; Path=/; Max-Age=0`],
    refuse: [`${name}=new; Domain=other.test`],
    nowhere: [`${name}=new; Path=/elsewhere`],
  }
  response.setHeader('Set-Cookie', lines[action] ?? [])
  if (action in lines) response.writeHead(302, { Location: '/home' })
  response.end()
}

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

beforeEach(() => {
  seen.length = 0
})

describe('headers: the caller’s Cookie on a way of several hops', () => {
  it.each([
    ['rotate/sid', 'sid=old; a=1', '/home sid=new; seen=1; a=1'],
    ['end/sid', 'sid=old; a=1', '/home a=1'],
    ['end/sid', 'sid=old', '/home '],
    ['refuse/sid', 'sid=old', '/home sid=old'],
    ['rotate/other', 'sid=old', '/home other=new; seen=1; sid=old'],
    ['nowhere/sid', 'sid=old', '/home '],
  ])('%s: %s becomes %s', async (path, cookie, next) => {
    const session = new Session({ baseUrl: url })
    await session.get(path, { headers: { Cookie: cookie } })
    expect(seen).toEqual([`/${path} ${cookie}`, next])
    await session.close()
  })

  it('applies to headers of the session and cookies of the call, too', async () => {
    const session = new Session({ baseUrl: url, headers: { Cookie: 'sid=old' } })
    await session.get('rotate/b', { cookies: { b: 'old' } })
    expect(seen[1]).toBe('/home b=new; seen=1; sid=old')
    await session.close()
  })
})

describe('session.fork: a server that serves many, as docs/many-users.md has it,', () => {
  it('keeps a visitor’s log-in over hops and calls, and passes on all new lines', async () => {
    const api = new Session({ baseUrl: url })
    const session = api.fork({ jar: 'empty' })
    const visitor = '__Host-sid=1; sid=old; city=z\xc3\xbcrich'
    await session.cookies.capture(
      visitor.split(/; */).map((pair) => `${pair}; Path=/; Secure`),
      url,
    )
    const first = await session.get('rotate/sid')
    await session.get('me')
    expect(seen).toEqual([
      `/rotate/sid ${visitor}`,
      '/home __Host-sid=1; sid=new; city=z\xc3\xbcrich; seen=1',
      '/me __Host-sid=1; sid=new; city=z\xc3\xbcrich; seen=1',
    ])
    const lines = [...first.history, first].flatMap((each) => each.setCookies)
    expect(lines).toEqual(['sid=new; Path=/', 'seen=1; Path=/'])
    await api.close()
  })
})
