import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FileCookieJar, Session } from '@session-fetch/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CookieServer, startCookieServer } from './cookie-server.js'

const run = promisify(execFile)
const script = fileURLToPath(new URL('fetch.py', import.meta.url))
/** Without a proxy from the environment. */
const env = { PATH: process.env['PATH'], HOME: tmpdir() }

/** Each gets a page with the cookies of a file, keeps what the site sets there, and gives the page. */
const tools: Record<string, (jar: string, url: string) => Promise<string>> = {
  curl: async (jar, url) => output('curl', ['-sS', '-b', jar, '-c', jar, url]),
  wget: async (jar, url) => {
    const files = ['--load-cookies', jar, '--save-cookies', jar, '--keep-session-cookies']
    return output('wget', ['-q', '-O', '-', ...files, url])
  },
  Python: async (jar, url) => output('/usr/bin/python3', [script, jar, url]),
}

async function output(program: string, args: string[]): Promise<string> {
  const { stdout } = await run(program, args, { env })
  return stdout
}

let site: CookieServer
let port = ''
let folder = ''
let count = 0
let jar = ''

beforeAll(async () => {
  site = await startCookieServer()
  port = new URL(site.url).port
  folder = await mkdtemp(join(tmpdir(), 'tools-'))
})

beforeEach(() => {
  count += 1
  jar = join(folder, `cookies${count}.txt`)
})

afterAll(async () => {
  site.close()
  await rm(folder, { recursive: true })
})

/** Cookies that a site may set; bytes above ASCII are written literally. */
const lines = [
  'session=1;Path=/',
  'lasting=1;Path=/;Max-Age=3600',
  'http=1;Path=/;Max-Age=3600;HttpOnly',
  'city=z\xc3\xbcrich;Path=/;Max-Age=3600',
  'quoted="a b, c";Path=/;Max-Age=3600',
  'deep=1;Path=/deep;Max-Age=3600',
]
const setting = `set?${lines.map(encodeURIComponent).join('&')}`

function sorted(header: string): string[] {
  return header.trim().split('; ').sort()
}

describe.each(['127.0.0.1', 'localhost'])(
  'FileCookieJar: cookies.txt of http://%s, on a port of its own',
  (host) => {
    const at = (path: string): string => `http://${host}:${port}/${path}`
    const all = ['city=z\xc3\xbcrich', 'deep=1', 'http=1', 'lasting=1', 'quoted="a b, c"', 'session=1']

    it.each(Object.keys(tools))(
      'we read the file of %s, and it reads the file that we updated',
      async (name) => {
        const tool = tools[name] ?? raise()
        await tool(jar, at(setting))
        if (name === 'wget') await tool(jar, at('deep/set?deep=1;Path=/deep;Max-Age=3600')) // from there alone
        const before = await readFile(jar, 'latin1')
        const session = new Session({ jar: await FileCookieJar.open(jar), baseUrl: at('') })
        expect(sorted(await session.get('deep/er').text())).toEqual(all)
        expect(await session.cookies.get('session')).toMatchObject({ expires: null })
        expect(await session.cookies.get('city')).toMatchObject({ value: 'zürich' })
        expect((await session.cookies.get('lasting'))?.expires).toBeGreaterThan(Date.now())
        await session.get('set?new=1;Path=/;Max-Age=3600&lasting=2;Path=/;Max-Age=3600').text()
        await session.close()
        const after = await readFile(jar, 'latin1')
        expect(after.split('\n').length).toBe(before.split('\n').length + 1)
        // Python calls this machine localhost.local, and finds only what is called so.
        const found = host === 'localhost' && name === 'Python' ? [] : ['new=1']
        expect(sorted(await tool(jar, at('deep/er')))).toEqual(
          [...all.filter((pair) => pair !== 'lasting=1'), 'lasting=2', ...found].sort(),
        )
      },
    )

    it.each(Object.keys(tools))('%s reads our file', async (name) => {
      const tool = tools[name] ?? raise()
      const session = new Session({
        jar: await FileCookieJar.open(jar, { sessionCookies: true }),
        baseUrl: at(''),
      })
      await session.get(setting).text()
      await session.close()
      // wget takes the mark of HttpOnly for a comment; to Python 0 is a time long ago, and UTF-8 is text that it sends in
      // latin-1.
      const seen = { curl: all, wget: all.filter((pair) => pair !== 'http=1'), Python: pythons() }
      const expected = host === 'localhost' && name === 'Python' ? [''] : seen[name as keyof typeof seen]
      expect(sorted(await tool(jar, at('deep/er')))).toEqual(expected)
    })

    function pythons(): string[] {
      const lasting = all.filter((pair) => pair !== 'session=1')
      return lasting.map((pair) => (pair.startsWith('city') ? 'city=z\xfcrich' : pair))
    }
  },
)

const soon = Math.floor(Date.now() / 1000) + 3600

describe('FileCookieJar', () => {
  const text = (newline: string, mark = ''): string =>
    [
      `${mark}# Netscape HTTP Cookie File`,
      '# a comment',
      '',
      ` 127.0.0.1\tFALSE\t/\tFALSE\t0\tblank\t1`,
      `127.0.0.1\tFALSE\t/\tFALSE\t0\tplain\t1`,
      `127.0.0.1\tFALSE\t/\tFALSE\t0\tempty\t`,
      `127.0.0.1\tFALSE\t/\tFALSE\t0\tinner\ta b`,
      '',
    ].join(newline)

  it.each([
    ['LF', text('\n')],
    ['CRLF', text('\r\n')],
    ['a byte order mark', text('\n', '\ufeff')],
    ['a byte order mark and CRLF', text('\r\n', '\ufeff')],
  ])('with %s, reads a cookies.txt as curl does', async (_what, content) => {
    await writeFile(jar, content)
    const session = new Session({ jar: await FileCookieJar.open(jar), baseUrl: site.url })
    const ours = await session.get('').text()
    await session.close()
    expect(sorted(ours)).toEqual(['blank=1', 'empty=', 'inner=a b', 'plain=1'])
    expect(sorted((await tools['curl']?.(jar, site.url)) ?? '')).toEqual(sorted(ours))
  })

  it.each([
    ['LF', text('\n')],
    ['CRLF', text('\r\n')],
  ])('with %s, reads a cookies.txt as Python does, but for a blank before a line', async (_what, content) => {
    await writeFile(jar, content.replace(' 127', '127').replaceAll('\t0\t', `\t${soon}\t`))
    const session = new Session({ jar: await FileCookieJar.open(jar), baseUrl: site.url })
    const ours = await session.get('').text()
    await session.close()
    expect(sorted((await tools['Python']?.(jar, site.url)) ?? '')).toEqual(sorted(ours))
  })
})

function raise(): never {
  throw new Error('no such tool')
}
