import { execFile } from 'node:child_process'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createClient } from '@redis/client'
import { type Service, startService } from '@session-fetch/test-support/service'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const worker = fileURLToPath(new URL('worker.js', import.meta.url))
let redis: Service
let redisUrl = ''
let site: { url: string; server: Server }

beforeAll(async () => {
  redis = await startService({
    program: 'redis-server',
    words: ({ folder, port }) =>
      `--port ${port} --bind 127.0.0.1 --dir ${folder} --save  --appendonly no`.split(' '),
  })
  redisUrl = `redis://127.0.0.1:${redis.port}`
  site = await startSite()
})

afterAll(async () => {
  site.server.closeAllConnections()
  site.server.close()
  await redis.close()
})

/** Members only: a logged-in user has the cookie `sid`. */
async function startSite(): Promise<typeof site> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
    const { cookie = '' } = request.headers
    if (pathname === '/login') response.setHeader('Set-Cookie', 'sid=42; Path=/; HttpOnly; Max-Age=3600')
    if (pathname === '/logout') response.setHeader('Set-Cookie', 'sid=; Path=/; Max-Age=0')
    if (pathname === '/set') response.setHeader('Set-Cookie', `${searchParams.get('name')}=1; Path=/`)
    if (pathname === '/members') response.end(cookie.includes('sid=42') ? 'welcome' : 'who are you?')
    else if (pathname === '/cookies') response.end(cookie)
    else response.end('done')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server }
}

async function act(name: string): Promise<string> {
  const { stdout } = await run(process.execPath, [worker, redisUrl, site.url, name])
  return stdout.trim()
}

/** Each step is a separate process. */
describe('RedisCookieStore', { timeout: 180_000 }, () => {
  it('lets processes that share it log in once and out once, for all', async () => {
    expect(await act('visit')).toBe('who are you?')
    expect(await act('logIn')).toBe('done')
    expect(await Promise.all([act('visit'), act('visit')])).toEqual(['welcome', 'welcome'])
    await act('logOut')
    expect(await act('visit')).toBe('who are you?')
  })

  it('lets processes that share it lose none of each other’s cookies', async () => {
    await Promise.all([act('collect'), act('collect'), act('logIn')])
    const client = await createClient({ url: redisUrl }).connect()
    const fields = await client.hKeys('cookies:alice:127.0.0.1')
    await client.close()
    expect(fields).toHaveLength(201)
    expect(await act('visit')).toBe('welcome')
  })
})
