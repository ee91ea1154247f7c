import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { FileCookieJar, Session } from '@session-fetch/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CookieServer, startCookieServer } from './cookie-server.js'

const run = promisify(execFile)
let site: CookieServer
let folder = ''

beforeAll(async () => {
  site = await startCookieServer()
  folder = await mkdtemp(join(tmpdir(), 'curl-'))
})

afterAll(async () => {
  site.close()
  await rm(folder, { recursive: true })
})

/** The output of curl, with the addresses of the test hosts. */
async function curl(...args: string[]): Promise<string> {
  const { port } = new URL(site.url)
  const hosts = ['example.com', 'www.example.com'].flatMap((host) => [
    '--resolve',
    `${host}:${port}:127.0.0.1`,
  ])
  const { stdout } = await run('curl', ['--silent', '--show-error', '--noproxy', '*', ...hosts, ...args])
  return stdout
}

describe('FileCookieJar, over cookies.txt, and curl', () => {
  it('curl -b sends the cookies that we saved', async () => {
    const jar = join(folder, 'ours.txt')
    const { port } = new URL(site.url)
    const session = new Session({ baseUrl: site.url })
    await session.get('set?sid=42;Path=/;HttpOnly&lasting=1;Path=/;Max-Age=60&deep=1;Path=/deep').text()
    await session.cookies.set({
      name: 'up',
      value: 'a"b=c',
      domain: 'example.com',
      maxAge: 60,
      httpOnly: true,
    })
    await session.cookies.set({ name: 'apex', value: '1', url: 'http://example.com/' })
    await writeFile(jar, session.cookies.toNetscape(), 'latin1')
    await session.close()
    expect((await curl('-b', jar, `${site.url}x`)).split('; ').sort()).toEqual(['lasting=1', 'sid=42'])
    expect(await curl('-b', jar, `${site.url}deep/er`)).toContain('deep=1')
    expect(await curl('-b', jar, `http://www.example.com:${port}/`)).toBe('up=a"b=c')
    expect((await curl('-b', jar, `http://example.com:${port}/`)).split('; ').sort()).toEqual([
      'apex=1',
      'up=a"b=c',
    ])
  })

  it('we send the cookies that curl -c saved', async () => {
    const jar = join(folder, 'theirs.txt')
    const lines = [
      'sid=42;Path=/;HttpOnly',
      'lasting=1;Path=/;Max-Age=60',
      'deep=1;Path=/deep',
      'empty=;Path=/',
    ]
    await curl('-c', jar, `${site.url}set?${lines.join('&')}`)
    await curl(
      '-b',
      jar,
      '-c',
      jar,
      `http://www.example.com:${new URL(site.url).port}/set?up=1;Domain=example.com;Path=/`,
    )
    expect(await readFile(jar, 'latin1')).toContain('#HttpOnly_127.0.0.1')
    const session = new Session({ baseUrl: site.url, jar: await FileCookieJar.open(jar) })
    expect((await session.get('x').text()).split('; ').sort()).toEqual(['empty=', 'lasting=1', 'sid=42'])
    expect(await session.cookies.get('sid')).toMatchObject({ httpOnly: true, expires: null, domain: null })
    expect(await session.cookies.get({ name: 'up', url: 'http://a.example.com/' })).toMatchObject({
      domain: 'example.com',
    })
    await session.close()
  })

  it('curl continues with a file of a FileCookieJar, and vice versa', async () => {
    const jar = join(folder, 'shared.txt')
    const first = new Session({ baseUrl: site.url, jar: await FileCookieJar.open(jar) })
    await first.get('set?a=1;Path=/;Max-Age=60').text()
    await first.close()
    expect(await curl('-b', jar, '-c', jar, `${site.url}set?b=2;Path=/;Max-Age=60`)).toBe('a=1')
    const second = new Session({ baseUrl: site.url, jar: await FileCookieJar.open(jar) })
    expect((await second.get('').text()).split('; ').sort()).toEqual(['a=1', 'b=2'])
    await second.close()
  })
})
