import { readdirSync } from 'node:fs'
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JarCookies } from '@session-fetch/cookies'
import { SessionError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Session } from '../session/session.js'
import { FileCookieJar, type FileCookieJarOptions } from './file-cookie-jar.js'

const url = 'https://www.example.com/'
let folder = ''
let path = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cookies-'))
  path = join(folder, 'cookies.json')
})

afterEach(() => rm(folder, { recursive: true }))

async function opened(options?: FileCookieJarOptions, name = path): Promise<[JarCookies, FileCookieJar]> {
  const file = await FileCookieJar.open(name, options)
  return [new JarCookies(file), file]
}

async function saved(line: string, name = path): Promise<void> {
  const [cookies, file] = await opened(undefined, name)
  await cookies.capture([line], url)
  await file.close()
}

async function modeOf(name: string): Promise<number> {
  return (await stat(name)).mode & 0o777
}

describe('FileCookieJar', () => {
  it('keeps cookies between processes, except session cookies', async () => {
    const [cookies, file] = await opened()
    await cookies.capture(['a=1; Path=/; Max-Age=60', 'session=1; Path=/'], url)
    await file.close()
    const [again] = await opened()
    expect(again.headerFor(url)).toBe('a=1')
  })

  it('keeps session cookies on request', async () => {
    const options = { sessionCookies: true }
    const [cookies, file] = await opened(options)
    await cookies.capture(['session=1; Path=/'], url)
    await file.close()
    expect((await opened(options))[0].headerFor(url)).toBe('session=1')
  })

  it('is saved by sessions that share its cookies, and not by copies', async () => {
    const session = new Session({ jar: await FileCookieJar.open(path), baseUrl: url })
    const cookie = { name: 'a', value: '1', maxAge: 60 }
    await session.fork().cookies.set(cookie)
    await session.fork().close()
    const child = session.extend()
    await child.cookies.set({ ...cookie, name: 'b' })
    await child.cookies.flush()
    expect((await opened())[0].headerFor(url)).toBe('b=1')
    const other = new Session({ jar: session.cookies, baseUrl: url })
    await other.cookies.set({ ...cookie, name: 'c' })
    await other.close()
    expect((await opened())[0].headerFor(url)).toBe('b=1; c=1')
  })

  it('removes deleted cookies, and those that became session cookies', async () => {
    await saved('a=1; Path=/; Max-Age=60')
    await saved('b=1; Path=/; Max-Age=60')
    await saved('c=1; Path=/; Max-Age=60')
    await saved('a=; Path=/; Max-Age=0')
    await saved('b=1; Path=/')
    expect((await opened())[0].headerFor(url)).toBe('c=1')
  })

  it('writes cookies.txt if the name ends in .txt', async () => {
    const text = join(folder, 'cookies.txt')
    await saved('a=1; Path=/; Max-Age=60; HttpOnly', text)
    expect(await readFile(text, 'utf8')).toMatch(
      /^# Netscape.*\n\n#HttpOnly_www\.example\.com\tFALSE\t\/\tFALSE\t\d+\ta\t1\n$/,
    )
    expect((await opened(undefined, text))[0].headerFor(url)).toBe('a=1')
  })

  it('rejects an unknown option', async () => {
    const options = { sessioncookies: true } as FileCookieJarOptions
    await expect(FileCookieJar.open(path, options)).rejects.toThrow(
      'FileCookieJar.open has no member "sessioncookies"; its members are format, sessionCookies, limits',
    )
  })

  it('is saved when its session is closed', async () => {
    const session = new Session({ jar: await FileCookieJar.open(path) })
    await session.cookies.set({ name: 'a', value: '1', url, maxAge: 60 })
    await session.close()
    expect((await opened())[0].headerFor(url)).toBe('a=1')
  })

  it.runIf(Symbol.asyncDispose)('is saved when it is disposed of', async () => {
    const [cookies, file] = await opened()
    await cookies.set({ name: 'a', value: '1', url, maxAge: 60 })
    await file[Symbol.asyncDispose]()
    expect((await opened())[0].headerFor(url)).toBe('a=1')
  })

  it('writes nothing without changes', async () => {
    const [, file] = await opened()
    await file.close()
    expect(await readdir(folder)).toEqual([])
  })

  it('keeps bytes above ASCII', async () => {
    await saved('a=voil\xc3\xa0; Path=/; Max-Age=60')
    expect((await opened())[0].headerFor(url)).toBe('a=voil\xc3\xa0')
  })
})

describe('FileCookieJar: saving without flush()', () => {
  const set = (cookies: JarCookies, name: string): void => {
    void cookies.capture([`${name}=1; Path=/; Max-Age=60`], url)
  }

  it('saves soon after a change, and many changes together', async () => {
    const [cookies] = await opened()
    for (let n = 0; n < 100; n += 1) set(cookies, `n${n}`)
    expect(readdirSync(folder)).toEqual([])
    const seen = await vi.waitFor(() => readFile(path, 'utf8'), { timeout: 20_000, interval: 1 })
    expect((JSON.parse(seen) as { cookies: unknown[] }).cookies).toHaveLength(100)
  })

  it('saves under fake timers', async () => {
    const [cookies] = await opened()
    vi.useFakeTimers()
    set(cookies, 'a')
    vi.useRealTimers()
    await vi.waitFor(() => readFile(path), { timeout: 20_000 })
  })

  it('writes nothing for cookies that are not saved', async () => {
    const [cookies, file] = await opened()
    await cookies.capture(['a=1', 'b=1; Max-Age=0'], url)
    await file.close()
    expect(await readdir(folder)).toEqual([])
  })

  it('warns once if saving fails, keeps the changes, and saves them later', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const name = join(folder, 'later', 'cookies.json')
    const [cookies, file] = await opened(undefined, name)
    set(cookies, 'a')
    await vi.waitFor(() => expect(warned).toHaveBeenCalledTimes(1), { timeout: 20_000 })
    const [message, options] = warned.mock.calls[0] ?? []
    expect(message).toContain(`${name} could not be saved`)
    expect(options).toMatchObject({ code: 'SESSION_COOKIES_UNSAVED' })
    await expect(file.flush()).rejects.toThrow('could not be saved')
    await mkdir(join(folder, 'later'))
    set(cookies, 'b')
    await vi.waitFor(() => readFile(name), { timeout: 20_000 })
    warned.mockRestore()
    expect((await opened(undefined, name))[0].headerFor(url)).toBe('a=1; b=1')
  })

  it('listens for process exit only while there are unsaved changes', async () => {
    const before = process.listenerCount('exit')
    const all = await Promise.all(Array.from({ length: 20 }, () => opened()))
    for (const [cookies] of all) set(cookies, 'a')
    expect(process.listenerCount('exit')).toBe(before + 1)
    await Promise.all(all.map(([, file]) => file.close()))
    expect(process.listenerCount('exit')).toBe(before)
  })
})

describe('FileCookieJar: the file system', () => {
  it('creates a file that only the owner can read, regardless of the umask', async () => {
    const mask = process.umask(0)
    try {
      await saved('a=1; Max-Age=60')
    } finally {
      process.umask(mask)
    }
    expect(await modeOf(path)).toBe(0o600)
  })

  it.each([
    [0o644, 0o600],
    [0o600, 0o600],
    [0o400, 0o400],
  ])('never widens a mode: %o becomes %o', async (before, after) => {
    await saved('a=1; Path=/; Max-Age=60')
    await chmod(path, before)
    await saved('b=1; Path=/; Max-Age=60')
    expect([await modeOf(path), (await opened())[0].headerFor(url)]).toEqual([after, 'a=1; b=1'])
  })

  it('leaves no other file behind', async () => {
    await saved('a=1; Max-Age=60')
    expect(await readdir(folder)).toEqual(['cookies.json'])
  })

  it('does not follow a symbolic link', async () => {
    const target = join(folder, 'target')
    await writeFile(target, 'precious')
    await symlink(target, path)
    await expect(FileCookieJar.open(path)).rejects.toThrow(SessionError)
    const [cookies, file] = await opened(undefined, join(folder, 'late.json'))
    await symlink(target, file.path)
    await cookies.capture(['a=1; Max-Age=60'], url)
    await expect(file.flush()).rejects.toThrow(SessionError)
    expect(await readFile(target, 'utf8')).toBe('precious')
    await rm(file.path)
    await file.close()
  })

  it('retries a failed save', async () => {
    const [cookies, file] = await opened(undefined, join(folder, 'later', 'cookies.json'))
    await cookies.capture(['a=1; Max-Age=60'], url)
    await expect(file.flush()).rejects.toThrow('could not be saved')
    await mkdir(join(folder, 'later'))
    await file.flush()
    expect((await opened(undefined, file.path))[0].headerFor(url)).toBe('a=1')
  })

  it('opens regular files only', async () => {
    await mkdir(path)
    await expect(FileCookieJar.open(path)).rejects.toThrow('could not be read')
  })

  it('overwrites cookie files only', async () => {
    await writeFile(path, 'my diary')
    await expect(FileCookieJar.open(path)).rejects.toThrow(SessionError)
  })

  it('takes over a lock that was left behind', async () => {
    await writeFile(`${path}.lock`, '')
    await utimes(`${path}.lock`, 1, 1)
    await saved('a=1; Path=/; Max-Age=60')
    expect((await opened())[0].headerFor(url)).toBe('a=1')
  })
})

describe('FileCookieJar: other writers', () => {
  it('merges its changes into theirs', async () => {
    await saved('shared=0; Path=/; Max-Age=60')
    const [[mine, myFile], [theirs, theirFile]] = [await opened(), await opened()]
    await mine.capture(['mine=1; Path=/; Max-Age=60'], url)
    await theirs.capture(['theirs=1; Path=/; Max-Age=60', 'shared=; Path=/; Max-Age=0'], url)
    await theirFile.close()
    await myFile.close()
    const [after] = await opened()
    expect((await after.headerFor(url)).split('; ').sort()).toEqual(['mine=1', 'theirs=1'])
  })

  it('keeps a cookie that another process extended', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await saved('a=1; Path=/; Max-Age=60')
    const [mine, myFile] = await opened()
    await saved('a=1; Path=/; Max-Age=600')
    vi.setSystemTime(Date.now() + 100_000)
    expect(mine.headerFor(url)).toBe('')
    await mine.capture(['b=1; Path=/; Max-Age=60'], url)
    await myFile.close()
    expect((await opened())[0].headerFor(url)).toBe('a=1; b=1')
    vi.useRealTimers()
  })

  it('loses nothing when many processes save concurrently', async () => {
    const jars = await Promise.all(Array.from({ length: 20 }, () => opened()))
    for (const [index, [cookies]] of jars.entries())
      await cookies.capture([`n${index}=1; Path=/; Max-Age=60`], url)
    await Promise.all(jars.map(([, file]) => file.close()))
    expect((await opened())[0].size).toBe(20)
  })
})

describe('FileCookieJar.open: a hostile file', () => {
  it('sets no options, and its bad entries are reported', async () => {
    const cookies = [
      { key: 'evil', value: '1', domain: 'com', hostOnly: false, path: '/' },
      { key: 'ok', value: '1', domain: 'www.example.com', path: '/' },
    ]
    await writeFile(path, JSON.stringify({ rejectPublicSuffixes: false, cookies }))
    const [jar, file] = await opened()
    expect(jar.headerFor(url)).toBe('ok=1')
    expect(file.rejected).toEqual([{ index: 0, name: 'evil', reason: 'public-suffix' }])
  })

  it('has a maximum length', async () => {
    await writeFile(path, ' '.repeat(16 * 1024 * 1024 + 1))
    await expect(FileCookieJar.open(path)).rejects.toThrow(SessionError)
  })
})
