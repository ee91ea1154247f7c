import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileCookieJar, Session, mockTransport } from '@session-fetch/node'
import { netrc } from '@session-fetch/node/netrc'
import { JarCookies } from '@session-fetch/cookies'
import { MemoryCookieStore } from 'tough-cookie'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { messageOf } from './message-of.js'

const url = 'https://shop.test/'

/** As plain JavaScript has it: nothing is typed. */
const loose = (value: unknown): never => value as never

function jar(): JarCookies {
  return new Session({ baseUrl: url }).cookies
}

const set = (init: object): unknown => jar().set(loose({ name: 'a', value: '1', ...init }))

class DistantStore extends MemoryCookieStore {
  override synchronous = false
  override async getAllCookies(): Promise<never> {
    throw new Error('not reachable')
  }
}

/** What is asked of the cookies of a session, and the message. */
const causes: [string, () => unknown, string][] = [
  ['a value that is a number', () => set({ value: 1 }), 'cookies.set: value is not a string'],
  [
    'a value that ends in a space',
    () => set({ value: 'a ' }),
    'cookies.set: value must not start or end with a space or tab',
  ],
  [
    'a value of two lines',
    () => set({ value: 'a\nb' }),
    'cookies.set: value must not contain control characters or lone surrogates',
  ],
  ['a domain with a space', () => set({ domain: 'a b' }), 'cookies.set: domain is not a host name'],
  [
    'a domain with a space, of a URL',
    () => set({ domain: 'a b', url }),
    'cookies.set: domain is not a host name',
  ],
  [
    'the domain of another site',
    () => set({ domain: 'other.test', url }),
    'cookies.set: domain was rejected (domain-mismatch)',
  ],
  ['a relative path', () => set({ path: 'a' }), 'cookies.set: path must start with a slash'],
  ['an expiry in words', () => set({ expires: 'tomorrow' }), 'cookies.set: expires is not a time'],
  ['a word for SameSite', () => set({ sameSite: 'yes' }), 'cookies.set: sameSite is not strict, lax or none'],
  [
    'a URL that is none',
    () => new JarCookies().get({ name: 'a', url: 'shop' }),
    'cookies.get: url is not a valid URL',
  ],
  [
    'a URL that is none, of all cookies there',
    () => new JarCookies().getAll({ url: 'shop' }),
    'cookies.getAll: url is not a valid URL',
  ],
  [
    'a list where a name is meant',
    () => new JarCookies().getAll(loose(['a'])),
    'cookies.getAll takes a name, or { name, url, domain, path }',
  ],
  [
    'a domain that is none, of all cookies there',
    () => new JarCookies().getAll({ domain: 'a b' }),
    'cookies.getAll: domain is not a host name',
  ],
  [
    'a cookie for a jar without a session, and no URL',
    () => new JarCookies().set('a', '1'),
    'cookies.set needs a url, since there is no baseUrl',
  ],
  [
    'a name to delete in a jar without a session, and no URL',
    () => new JarCookies().delete('a'),
    'cookies.delete needs a url, since there is no baseUrl',
  ],
  [
    'a copy of a jar that is far away',
    () => new JarCookies(new DistantStore()).copy(),
    'The cookie store is asynchronous and cannot be read synchronously: await cookies.getAll({ url: null }), or use a new jar instead of a copy',
  ],
  ['a response from no URL', () => jar().capture(['a=1'], 'shop'), 'cookies: the URL is invalid'],
  [
    'lines that are one text',
    () => jar().capture(loose('a=1'), url),
    'cookies.capture takes a list of lines: headers.getSetCookie()',
  ],
  [
    'a cookie for another host',
    () => jar().jar.setCookie('a=1; Domain=other.test', url),
    'jar.setCookie: the cookie "a" was rejected (domain-mismatch)',
  ],
  [
    'a word for a context',
    () => jar().jar.getCookies(url, { sameSiteContext: loose('both') }),
    'jar: sameSiteContext is not strict, lax or none',
  ],
  ['a jar asked for no URL', () => jar().jar.getCookies('shop'), 'jar: the URL of a cookie is invalid'],
  [
    'a store that fails',
    () => new JarCookies(new DistantStore()).getAll({ url: null }),
    'The cookie store failed',
  ],
  [
    'a fork of a store that is far away',
    () => new Session({ jar: new DistantStore() }).fork(),
    'The cookie store is asynchronous and cannot be read synchronously: await cookies.getAll({ url: null }), or use a new jar instead of a copy',
  ],
  [
    '17 million characters',
    () => jar().fromNetscape(' '.repeat(17_000_000)),
    'cookies: a cookie file is text of at most 16777216 characters',
  ],
  [
    'a state without cookies',
    () => jar().fromStorageState({ cookies: loose(1), origins: [] }),
    'cookies.fromStorageState: the data has no list of cookies',
  ],
  [
    'a state where JSON is meant',
    () => jar().fromJSON(new JarCookies().toStorageState()),
    'cookies.fromJSON: this is a storageState; call cookies.fromStorageState',
  ],
  ['JSON without cookies', () => jar().fromJSON({}), 'cookies.fromJSON: the data has no list of cookies'],
  ['text that is no JSON', () => jar().fromJSON('a=1'), 'cookies.fromJSON: the text is not JSON'],
]

describe('SessionError.message of', () => {
  it.each(causes)('%s', async (_cause, make, message) => {
    expect(await messageOf(make)).toBe(message)
  })
})

describe('SessionError.message of', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-fetch-'))
    path = join(folder, 'file')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it.each<[string, string | Buffer, string]>([
    [
      'a page',
      '<html>',
      'it is not a cookie file; a cookies.txt begins with the line "# Netscape HTTP Cookie File"',
    ],
    [
      'UTF-16',
      Buffer.from('\ufeff# Netscape', 'utf16le'),
      'it is UTF-16, not UTF-8; a cookies.txt begins with the line "# Netscape HTTP Cookie File"',
    ],
    ['bytes that are not UTF-8', Buffer.from('{"a":"\xff"}', 'latin1'), 'it is not UTF-8'],
    [
      'a list',
      '[]',
      'it is a list; a cookie file is an object with a list of cookies: { "cookies": [], "origins": [] } is a storageState',
    ],
    ['other JSON', '{}', 'it has no list of cookies'],
    ['half of a JSON', '{', 'it is not JSON'],
  ])('a cookie file that is %s', async (_cause, content, message) => {
    await writeFile(path, content)
    expect(shown(await messageOf(() => FileCookieJar.open(path)))).toBe(
      `The cookie file /file could not be read: ${message}`,
    )
  })

  it('a cookie file of another format', async () => {
    await writeFile(path, '{ "cookies": [], "origins": [] }')
    const why = "it contains Playwright's storageState; leave out format, or make it 'storageState'"
    const text = await messageOf(() => FileCookieJar.open(path, { format: 'netscape' }))
    expect(shown(text)).toBe(`The cookie file /file could not be read: ${why}`)
  })

  it('a cookie file that is a folder', async () => {
    await mkdir(path)
    expect(shown(await messageOf(() => FileCookieJar.open(path)))).toBe(
      'The cookie file /file could not be read',
    )
  })

  it('a cookie file in what becomes no folder', async () => {
    const session = new Session({ baseUrl: url, jar: await FileCookieJar.open(join(folder, 'gone/file')) })
    await writeFile(join(folder, 'gone'), 'not a folder')
    await session.cookies.set({ name: 'a', value: '1', maxAge: 60 })
    const text = await messageOf(() => session.close())
    expect(shown(text)).toBe('The cookie file /gone/file could not be saved')
  })

  it.each<[string, string | Buffer, number, string]>([
    [
      'that others can read',
      'machine a.test login a password b',
      0o644,
      'netrc: /file can be read by others; restrict it with chmod 600',
    ],
    ['without a password', 'machine', 0o600, 'netrc: /file is not a valid netrc file'],
    [
      'that is latin-1',
      Buffer.from('machine a.test login \xe4 password b', 'latin1'),
      0o600,
      'netrc: the entry of a.test is not UTF-8; save the file as UTF-8',
    ],
    ['that is a link to nothing', '', 0o600, 'netrc: /nowhere cannot be read'],
  ])('a netrc file %s', async (_cause, content, mode, message) => {
    await writeFile(path, content)
    await chmod(path, mode)
    const session = new Session({ auth: netrc(content === '' ? join(folder, 'nowhere') : path) })
    session.mount(
      'https://',
      mockTransport(() => new Response()),
    )
    expect(shown(await messageOf(() => session.get('https://a.test/')))).toBe(message)
  })

  it('a download into no folder', async () => {
    const session = new Session()
    session.mount(
      'https://',
      mockTransport(() => new Response('ok')),
    )
    const text = await messageOf(() => session.download('https://a.test/', join(folder, 'nowhere/file')))
    expect(shown(text)).toBe('/nowhere/file cannot be written (ENOENT): GET https://a.test/')
  })

  it.each<[string, string, string]>([
    ['that is longer than it says', '2', 'The file is longer than announced: GET https://a.test/'],
    ['that is shorter than it says', '9', '4 of 9 bytes were received: GET https://a.test/'],
  ])('a download %s, over a transport that does not count', async (_cause, length, message) => {
    const session = new Session()
    const headers = { 'Content-Length': length }
    session.mount(
      'https://',
      mockTransport(() => new Response('text', { headers })),
    )
    expect(shown(await messageOf(() => session.download('https://a.test/', path)))).toBe(message)
  })

  function shown(text: string): string {
    return text.replaceAll(folder, '')
  }
})
