import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { FileCookieJar, JarCookies } from '@session-fetch/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const script = fileURLToPath(new URL('cookies/save-cookies.mjs', import.meta.url))
const url = 'https://www.example.com/'
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'processes-'))
})

afterAll(() => rm(folder, { recursive: true }))

describe('processes that share a cookie file', () => {
  it('lose none of each other’s cookies and leave nothing behind', async () => {
    const path = join(folder, 'cookies.json')
    await Promise.all(['a', 'b', 'c'].map((name) => run(process.execPath, [script, path, url, name, '30'])))
    const file = await FileCookieJar.open(path)
    const all = await new JarCookies(file).getAll({ url })
    expect([all.length, file.rejected]).toEqual([90, []])
    expect(new Set(all.map(({ name }) => name)).size).toBe(90)
    expect([await readdir(folder), (await stat(path)).mode & 0o777]).toEqual([['cookies.json'], 0o600])
  })
})
