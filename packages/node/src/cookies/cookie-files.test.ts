import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JarCookies } from '@session-fetch/cookies'
import { SessionError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileCookieJar, type FileCookieJarOptions } from './file-cookie-jar.js'

const url = 'https://www.example.com/'
const later = Math.floor(Date.now() / 1000) + 3600
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cookie-files-'))
})

afterEach(() => rm(folder, { recursive: true }))

async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

/** Opens a file, sets what a site says, and saves. */
async function visited(
  path: string,
  lines: string[],
  options?: FileCookieJarOptions,
): Promise<FileCookieJar> {
  const file = await FileCookieJar.open(path, options)
  await new JarCookies(file).capture(lines, url)
  await file.close()
  return file
}

async function headerIn(path: string, options?: FileCookieJarOptions): Promise<string> {
  return await new JarCookies(await FileCookieJar.open(path, options)).headerFor(url)
}

const line = (...fields: unknown[]): string => fields.join('\t')
const kept = 'kept=1; Path=/; Max-Age=60'

describe('FileCookieJar.open: a file that is no cookie file', () => {
  const utf16 = Buffer.from(
    `\ufeff# Netscape HTTP Cookie File\n${line('a.test', 'FALSE', '/', 'FALSE', 0, 'a', 1)}\n`,
    'utf16le',
  )

  it.each<[string, string | Uint8Array, RegExp]>([
    [
      'HTML',
      '<!doctype html>\n<title>Log in</title>\n',
      /not a cookie file.*begins with the line "# Netscape/,
    ],
    ['a diary', '# Monday\nmy diary\n', /not a cookie file/],
    ['comments alone', '# Monday\n# Tuesday\n', /not a cookie file/],
    ['a table', `${line('name', 'born', 'died', 'a', 'b', 'c', 'd')}\n`, /not a cookie file/],
    [
      'cookies, and a line that is none',
      `${line('a.test', 'TRUE', '/', 'FALSE', 0, 'a', 1)}\nhello\n`,
      /not a cookie/,
    ],
    [
      'cookies of LWP',
      '#LWP-Cookies-2.0\nSet-Cookie3: a=1; path="/"; domain="a.test"; version=0\n',
      /not a cookie/,
    ],
    ['a binary', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 10, 9, 9, 0xff), /not a cookie file/],
    ['UTF-16', utf16, /UTF-16/],
    ['big-endian UTF-16', Buffer.from(utf16).swap16(), /UTF-16/],
    ['UTF-16 without a mark', utf16.subarray(2), /not a cookie file/],
    ['half a JSON', '{"cookies":[', /not JSON/],
    ['JSON of something else', '{"name":"x","version":"1.0.0"}', /no list of cookies/],
    ['a JSON list', '[{"name":"sid","value":"canary"}]', /it is a list.*storageState/],
    ['JSON in latin-1', Buffer.from('{"cookies":[],"a":"\xe9"}', 'latin1'), /not UTF-8/],
  ])('is refused and stays as it is: %s', async (_what, content, reason) => {
    for (const name of ['x.txt', 'x.json']) {
      const path = await fileOf(name, content)
      const error = await FileCookieJar.open(path).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(SessionError)
      expect(String(error)).toMatch(reason)
      expect(String(error)).not.toContain('canary')
      expect(await readFile(path)).toEqual(Buffer.from(content))
    }
  })

  it('is not overwritten if it replaces a valid file', async () => {
    const path = join(folder, 'cookies.txt')
    await visited(path, [kept])
    const file = await FileCookieJar.open(path)
    await writeFile(path, 'my diary')
    await new JarCookies(file).capture(['b=1; Max-Age=60'], url)
    await expect(file.close()).rejects.toThrow('could not be saved: it is not a cookie file')
    expect(await readFile(path, 'utf8')).toBe('my diary')
    await rm(path)
    await file.close()
    expect(await headerIn(path)).toBe('b=1')
  })

  it('is rejected if another format is required', async () => {
    const path = await fileOf('auth.json', '{"cookies":[],"origins":[]}')
    await expect(FileCookieJar.open(path, { format: 'netscape' })).rejects.toThrow(
      "it contains Playwright's storageState; leave out format, or make it 'storageState'",
    )
  })

  it.each(['', '\n', ' \r\n\t'])('is a new one while there is nothing in it: %j', async (content) => {
    for (const name of ['x.txt', 'x.json']) {
      const path = await fileOf(name, content)
      await visited(path, [kept])
      expect(await headerIn(path)).toBe('kept=1')
    }
  })
})

describe('FileCookieJar: netscape', () => {
  const others = [
    '# Netscape HTTP Cookie File',
    '# a word of my own',
    '',
    line('.co.uk', 'TRUE', '/', 'FALSE', later, 'evil', '1'),
    'what is this?',
    line('www.example.com', 'FALSE', '/', 'FALSE', 'soon', 'when', '1'),
    line('www.example.com', 'FALSE', '/', 'FALSE', later, '', 'nameless'),
    line('www.example.com', 'FALSE', '/', 'FALSE', later, 'long', 'x'.repeat(5000)),
    line('www.example.com', 'FALSE', '/', 'FALSE', later, 'eight', 'a', 'b'),
  ]
  const ours = [
    line('www.example.com', 'FALSE', '/', 'FALSE', later, 'old', '1'),
    line('www.example.com', 'FALSE', '/', 'FALSE', 0, 'session', '1'),
    line('www.example.com', 'FALSE', '/', 'FALSE', later, 'gone', '1'),
    line('www.example.com', 'FALSE', '/', 'FALSE', 1, 'ended', '1'),
  ]

  it('keeps every line except those of changed or expired cookies', async () => {
    const path = await fileOf('cookies.txt', [...others, ...ours, ''].join('\n'))
    const file = await visited(path, [kept, 'old=2; Path=/; Max-Age=60', 'gone=; Path=/; Max-Age=0'])
    expect(file.rejected.map(({ reason }) => reason)).toEqual([
      'public-suffix',
      'malformed',
      'invalid-expiry',
      'too-large',
      'malformed',
      'expired',
    ])
    const after = (await readFile(path, 'utf8')).split('\n')
    expect(after.slice(0, others.length)).toEqual(others)
    expect(after.slice(others.length)).toEqual([
      expect.stringMatching(/^www\.example\.com\tFALSE\t\/\tFALSE\t\d+\told\t2$/),
      ours[1],
      expect.stringMatching(/\tkept\t1$/),
      '',
    ])
  })

  it('reads an empty expiry, which Python writes, as that of a session cookie', async () => {
    const lines = [
      '# Netscape HTTP Cookie File',
      line('www.example.com', 'FALSE', '/', 'FALSE', '', 'py', '1'),
      '',
    ]
    expect(await headerIn(await fileOf('cookies.txt', lines.join('\n')))).toBe('py=1')
  })

  it('keeps more cookies than a jar holds', async () => {
    const many = Array.from({ length: 300 }, (_, n) =>
      line('www.example.com', 'FALSE', '/', 'FALSE', later, `n${n}`, n),
    )
    const path = await fileOf('cookies.txt', [...many, ''].join('\n'))
    await visited(path, ['n299=new; Path=/; Max-Age=60'])
    const after = (await readFile(path, 'utf8')).split('\n')
    expect(after.slice(0, 2)).toEqual(['# Netscape HTTP Cookie File', ''])
    expect(after.slice(2, 301)).toEqual(many.slice(0, 299))
  })

  it('keeps its line ends, and is read with a byte order mark and blanks before a line', async () => {
    const lines = ['\ufeff# HTTP Cookie File', `  ${ours[0]}`, `\t#HttpOnly_${ours[1]}`]
    const path = await fileOf('cookies.txt', [...lines, ''].join('\r\n'))
    expect(await headerIn(path)).toBe('old=1; session=1')
    await visited(path, [kept])
    expect((await readFile(path, 'utf8')).replace(/\r\n/g, '')).not.toMatch(/[\r\n\ufeff]/)
    expect(await headerIn(path)).toBe('old=1; session=1; kept=1')
  })

  it('updates existing session cookies', async () => {
    const path = await fileOf('cookies.txt', [...ours, ''].join('\n'))
    await visited(path, ['session=2; Path=/', 'other=1; Path=/'])
    expect(await headerIn(path)).toBe('old=1; session=2; gone=1')
  })

  it('has one line for a partitioned cookie', async () => {
    const path = join(folder, 'cookies.txt')
    await visited(path, ['sid=1; Path=/; Max-Age=60; Secure; Partitioned'])
    await visited(path, ['sid=2; Path=/; Max-Age=60; Secure; Partitioned'])
    expect(await headerIn(path)).toBe('sid=2')
    await visited(path, ['sid=own; Path=/; Max-Age=60', 'sid=3; Path=/; Max-Age=60; Secure; Partitioned'])
    expect(await headerIn(path)).toBe('sid=own')
    await visited(path, [
      'sid=own; Path=/; Max-Age=60',
      'sid=4; Path=/; Max-Age=60; Secure; Partitioned',
      'sid=; Path=/; Max-Age=0',
    ])
    expect(await headerIn(path)).toBe('sid=4')
    await visited(path, ['sid=; Path=/; Max-Age=0; Secure; Partitioned'])
    expect(await headerIn(path)).toBe('')
  })

  it('keeps the bytes of every cookie', async () => {
    const path = await fileOf(
      'cookies.txt',
      Buffer.from(`${line('www.example.com', 'FALSE', '/', 'FALSE', later, 'a', 'caf\xe9')}\n`, 'latin1'),
    )
    await visited(path, ['city=z\xc3\xbcrich; Path=/; Max-Age=60', 'b=\xff; Path=/; Max-Age=60'])
    expect(await headerIn(path)).toBe('a=caf\xe9; city=z\xc3\xbcrich; b=\xff')
    expect((await readFile(path)).includes(Buffer.from('\tzürich\n'))).toBe(true)
  })
})

describe('FileCookieJar: storageState', () => {
  const sid = {
    name: 'sid',
    value: 'in',
    domain: 'www.example.com',
    path: '/',
    expires: -1,
    httpOnly: true,
    secure: true,
    sameSite: 'Lax',
  }
  const part = {
    ...sid,
    name: 'part',
    expires: later,
    partitionKey: 'https://example.com',
    _crHasCrossSiteAncestor: false,
  }
  const foreign = { ...part, partitionKey: 'https://shop.test', _crHasCrossSiteAncestor: true }
  const state = {
    cookies: [sid, part, foreign, { odd: true }],
    origins: [
      {
        origin: 'https://www.example.com',
        localStorage: [{ name: 'a', value: 'b' }],
        indexedDB: [{ name: 'db' }],
      },
    ],
    ours: { to: 'keep' },
  }

  it.each(['auth.json', 'auth.txt'])(
    'is read, and written back with all that is not ours: %s',
    async (name) => {
      const path = await fileOf(name, JSON.stringify(state))
      expect(await headerIn(path)).toBe('sid=in; part=in')
      const file = await visited(path, [
        'sid=new; Path=/; HttpOnly; Secure',
        'part=new; Path=/; Secure; Partitioned; Max-Age=60',
        kept,
        'session=1; Path=/',
      ])
      expect(file.rejected.map(({ reason }) => reason)).toEqual(['partitioned', 'malformed'])
      const after = JSON.parse(await readFile(path, 'utf8')) as typeof state
      expect(after).toEqual({
        ...state,
        cookies: [
          { ...sid, value: 'new' },
          { ...part, value: 'new', httpOnly: false, expires: expect.any(Number) as unknown },
          foreign,
          { odd: true },
          expect.objectContaining({ name: 'kept', domain: 'www.example.com', sameSite: 'Lax' }),
        ],
      })
      expect(await headerIn(path)).toBe('sid=new; part=new; kept=1')
    },
  )

  it('is detected without local storage, too', async () => {
    const path = await fileOf(
      'auth.json',
      JSON.stringify({ cookies: [sid, { ...sid, name: 'b', expires: later }] }),
    )
    await visited(path, [kept])
    expect(await headerIn(path)).toBe('sid=in; b=in; kept=1')
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      cookies: [{ expires: -1 }, { expires: later }, {}],
    })
  })

  it('can be created', async () => {
    const path = join(folder, 'auth.json')
    await visited(path, [kept], { format: 'storageState' })
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      cookies: [{ name: 'kept' }],
      origins: [],
    })
    expect(await headerIn(path)).toBe('kept=1')
  })

  it('is rejected as JSON', async () => {
    await expect(new JarCookies().fromJSON(state)).rejects.toThrow('call cookies.fromStorageState')
  })
})

describe('FileCookieJar: json', () => {
  it('keep unknown members, and are read with a byte order mark', async () => {
    const data = {
      version: 1,
      note: 'mine',
      cookies: [
        { name: 'a', value: '1', domain: 'www.example.com', path: '/', comment: 'first' },
        { name: 'evil', value: '1', domain: 'com', hostOnly: false, path: '/' },
        7,
      ],
    }
    const path = await fileOf('cookies.json', `\ufeff${JSON.stringify(data)}`)
    await visited(path, ['a=2; Path=/; Max-Age=60', kept])
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      ...data,
      cookies: [{ name: 'a', value: '2', comment: 'first' }, data.cookies[1], 7, { name: 'kept' }],
    })
  })

  it('of tough-cookie keep its format', async () => {
    const tough = new JarCookies()
    await tough.capture(['a=1; Path=/; Max-Age=60'], url)
    const path = await fileOf('tough.json', JSON.stringify(tough.jar.serializeSync()))
    await visited(path, [
      'a=2; Path=/; Max-Age=60',
      'city=z\xc3\xbcrich; Path=/; Max-Age=60; SameSite=Lax; HttpOnly',
    ])
    const { CookieJar } = await import('tough-cookie')
    const read = CookieJar.deserializeSync(await readFile(path, 'utf8'))
    expect(read.getCookieStringSync(url)).toBe('a=2; city=z\xc3\xbcrich')
    expect(await headerIn(path)).toBe('a=2; city=z\xc3\xbcrich')
  })

  it('keep bytes that are not UTF-8', async () => {
    const path = join(folder, 'cookies.json')
    await visited(path, ['a=caf\xe9; Path=/; Max-Age=60'])
    expect(await readFile(path, 'utf8')).toContain('caf\\udce9')
    expect(await headerIn(path)).toBe('a=caf\xe9')
  })

  it('leave no other file behind when they are rejected', async () => {
    const path = await fileOf('cookies.json', '{}')
    await expect(FileCookieJar.open(path)).rejects.toThrow(SessionError)
    expect(await readdir(folder)).toEqual(['cookies.json'])
  })
})
