import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FileCookieJar, JarCookies } from '@session-fetch/node'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { takeLock } from '../../src/files/process-lock.js'

const run = promisify(execFile)
const url = 'https://www.example.com/'
/** The machine may be busy. */
const patience = { timeout: 25_000 }
const children: ChildProcess[] = []
let folder = ''
let path = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'processes-'))
  path = join(folder, 'cookies.json')
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

const script = (name: string): string => fileURLToPath(new URL(`${name}.mjs`, import.meta.url))

/** A process that is killed after the test, if it is still there. */
function started(name: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [script(name), path, url, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

async function namesIn(file: string): Promise<string[]> {
  const jar = await FileCookieJar.open(file)
  const all = await new JarCookies(jar).getAll({ url: null })
  return all.map(({ name }) => name).sort()
}

describe('FileCookieJar: processes that share a file', () => {
  it('lose no cookies and leave no files behind', async () => {
    const saving = ['a', 'b', 'c'].map((name) =>
      run(process.execPath, [script('save-cookies'), path, url, name, '30']),
    )
    await Promise.all(saving)
    expect(new Set(await namesIn(path)).size).toBe(90)
    expect([await readdir(folder), (await stat(path)).mode & 0o777]).toEqual([['cookies.json'], 0o600])
  }, 30_000)
})

describe.runIf(process.platform === 'linux')('FileCookieJar: a process suspended while it saves', () => {
  const lock = (): string => `${path}.lock`

  async function suspended(moment: string): Promise<ChildProcess> {
    const child = started('suspended', moment)
    const isStopped = async (): Promise<void> =>
      expect(await readFile(`/proc/${child.pid}/stat`, 'latin1')).toMatch(/\) T /)
    await vi.waitFor(isStopped, patience)
    await utimes(lock(), 1, 1) // for as long as anyone may think of
    return child
  }

  it.each(['sync', 'rename'])(
    'keeps its lock, and both keep their cookies: before %s',
    async (moment) => {
      const child = await suspended(moment)
      const held = await readFile(lock(), 'latin1')
      expect(takeLock(lock(), { foreignAge: 1 })).toBeNull()
      const file = await FileCookieJar.open(path)
      await new JarCookies(file).set({ name: 'quick', value: '1', url, maxAge: 3600 })
      const saved = file.close()
      expect(takeLock(lock(), { foreignAge: 1 })).toBeNull()
      expect(await readFile(lock(), 'latin1')).toBe(held)
      child.kill('SIGCONT')
      await Promise.all([saved, once(child, 'exit')])
      expect(await namesIn(path)).toEqual(['quick', 'slow'])
      expect(await readdir(folder)).toEqual(['cookies.json'])
    },
    30_000,
  )

  it('waits for a process of another machine that took over its lock, and saves after it', async () => {
    const child = await suspended('sync')
    const other = `7 0 not-${hostname()} token`
    await writeFile(lock(), other)
    const output: string[] = []
    child.stdout?.setEncoding('utf8').on('data', (text: string) => output.push(text))
    child.kill('SIGCONT')
    await vi.waitFor(() => expect(output.join('')).toContain('was lost to another process'), patience)
    expect(await readFile(lock(), 'latin1')).toBe(other)
    await rm(lock()) // while the process ends and waits for it
    await once(child, 'exit')
    expect(await namesIn(path)).toEqual(['slow'])
    expect(await readdir(folder)).toEqual(['cookies.json'])
  }, 30_000)
})

describe('FileCookieJar: a process that ends without closing its jar', () => {
  const all = ['first', 'second', 'third']

  it.each([
    ['end', 0],
    ['exit', 0],
    ['exit while saving', 0],
    ['throw', 1],
    ['reject', 1],
  ])(
    'has saved its cookies: %s',
    async (end, code) => {
      const failed = await run(process.execPath, [script('log-in'), path, url, end]).catch(
        (error: unknown) => error,
      )
      expect(failed instanceof Error ? Object.assign({ code: 0 }, failed).code : 0).toBe(code)
      expect(await namesIn(path)).toEqual(all)
      expect(await readdir(folder)).toEqual(['cookies.json'])
    },
    30_000,
  )

  it('has saved the cookies', async () => {
    const child = started('log-in', 'killed')
    await vi.waitFor(async () => expect(await namesIn(path)).toEqual(all), patience)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await namesIn(path)).toEqual(all)
  }, 30_000)

  it('takes over the lock of one that was killed while saving', async () => {
    const child = started('suspended', 'rename')
    await vi.waitFor(async () => expect(await readdir(folder)).toContain('cookies.json.lock'), patience)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await run(process.execPath, [script('log-in'), path, url, 'exit'])
    expect(await namesIn(path)).toEqual(all)
  }, 30_000)

  it('reports cookies that cannot be saved', async () => {
    const nowhere = join(folder, 'nowhere', 'cookies.json')
    const { stderr } = await run(process.execPath, [script('log-in'), nowhere, url, 'exit'])
    expect(stderr).toContain(`The cookie file ${nowhere} could not be saved: ENOENT`)
  }, 30_000)
})
