import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Session } from '@session-fetch/node'
import FileCookieStore from 'tough-cookie-file-store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CookieServer, startCookieServer } from './cookie-server.js'

let site: CookieServer
let folder = ''

beforeAll(async () => {
  site = await startCookieServer()
  folder = await mkdtemp(join(tmpdir(), 'store-'))
})

afterAll(async () => {
  site.close()
  await rm(folder, { recursive: true })
})

describe('jar: tough-cookie-file-store, as it comes from npm,', () => {
  it('keeps the cookies of one session for the next', async () => {
    const path = join(folder, 'cookies.json')
    const first = new Session({ baseUrl: site.url, jar: new FileCookieStore(path) })
    await first.get('set?sid=42;Path=/;Max-Age=60&gone=1;Path=/').text()
    await first.get('set?gone=;Path=/;Max-Age=0').text()
    await first.close()
    expect(await readFile(path, 'utf8')).toContain('sid')
    const second = new Session({ baseUrl: site.url, jar: new FileCookieStore(path) })
    expect(await second.get('').text()).toBe('sid=42')
    expect(await second.cookies.getAll()).toMatchObject([{ name: 'sid', value: '42' }])
    await second.close()
  })
})
