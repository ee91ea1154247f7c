import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { type Server, createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createClient } from '@redis/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const worker = fileURLToPath(new URL('worker.js', import.meta.url))
let folder = ''
let redis: { url: string; process: ChildProcess }
let site: { url: string; server: Server }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redis-'))
  redis = await startRedis()
  site = await startSite()
})

afterAll(async () => {
  site.server.closeAllConnections()
  site.server.close()
  const gone = new Promise((resolve) => {
    redis.process.once('exit', resolve)
  })
  redis.process.kill()
  await gone
  await rm(folder, { recursive: true })
})

async function startRedis(): Promise<typeof redis> {
  const port = await freePort()
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
  ]
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface(child.stdout)) if (line.includes('Ready to accept')) break
  child.stdout.resume()
  return { url: `redis://127.0.0.1:${port}`, process: child }
}

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}

/** Members only: whoever has logged in has the cookie `sid`. */
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
  const { stdout } = await run(process.execPath, [worker, redis.url, site.url, name])
  return stdout.trim()
}

/** Each act is a process of its own. */
describe('processes that share cookies in Redis', { timeout: 60_000 }, () => {
  it('log in once and out once, for all', async () => {
    expect(await act('visit')).toBe('who are you?')
    expect(await act('logIn')).toBe('done')
    expect(await Promise.all([act('visit'), act('visit')])).toEqual(['welcome', 'welcome'])
    await act('logOut')
    expect(await act('visit')).toBe('who are you?')
  })

  it('lose none of each other’s cookies', async () => {
    await Promise.all([act('collect'), act('collect'), act('logIn')])
    const client = await createClient({ url: redis.url }).connect()
    const fields = await client.hKeys('cookies:alice:127.0.0.1')
    await client.close()
    expect(fields).toHaveLength(201)
    expect(await act('visit')).toBe('welcome')
  })
})
