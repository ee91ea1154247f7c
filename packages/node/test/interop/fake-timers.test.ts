import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock } from 'node:test'
import { FileCookieJar, Session, TimeoutError } from '@session-fetch/node'
import { head } from '@session-fetch/test-support/fault-server'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { atEnd, serve, sessionOver } from '../fault-stage.js'

/** Installs fake timers, none of which ever fires; returns what puts the real ones back. */
type Fake = () => () => void

/** Timers and clocks as a test may replace them: no timer fires, time does not advance, handles are numbers. */
function byHand(): () => void {
  const dead = (): number => 0
  const names = [
    'setTimeout',
    'setInterval',
    'setImmediate',
    'queueMicrotask',
    'clearTimeout',
    'clearInterval',
  ]
  const spies = names.map((name) =>
    vi.spyOn(globalThis, name as 'setTimeout').mockImplementation(dead as never),
  )
  const clocks = [
    vi.spyOn(Date, 'now').mockReturnValue(Date.UTC(2050, 0)),
    vi.spyOn(performance, 'now').mockReturnValue(0),
  ]
  return () => [...spies, ...clocks].forEach((spy) => spy.mockRestore())
}

const FAKES: [string, Fake][] = [
  ["vitest's fake timers", () => (vi.useFakeTimers(), () => void vi.useRealTimers())],
  [
    "vitest's fake timers and microtasks",
    () => (
      vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'queueMicrotask', 'Date', 'performance'] }),
      () => void vi.useRealTimers()
    ),
  ],
  ['the mock timers of node:test', () => (mock.timers.enable(), () => mock.timers.reset())],
  ['timers that were replaced by hand', byHand],
]

let restore = (): void => {}
afterEach(() => restore())

function faked(fake: Fake): void {
  restore = fake()
}

async function plainServer(): Promise<{ url: string }> {
  const server = createServer((request, response) => request.pipe(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => (server.closeAllConnections(), server.close()))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fake-timers-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

describe.each(FAKES)('Session, under %s,', (_name, fake) => {
  it.each(['GET', 'POST'])('reuses connections for %s, and does so afterwards', async (method) => {
    const { url } = await plainServer()
    const session = sessionOver('sockets')
    const body = method === 'POST' ? 'sent' : null
    const call = (): Promise<string> => session.request(method, url, { body }).text()
    await call()
    faked(fake)
    await call()
    await Promise.all(Array.from({ length: 8 }, call))
    restore()
    expect(await call()).toBe(body ?? '')
    expect(session.stats().reused).toBeGreaterThan(1)
  })

  it('cancels the endless body of a redirect', async () => {
    const server = await serve(({ request, send }) =>
      request.target === '/end'
        ? send(head('200 OK', 'Content-Length: 2') + 'ok')
        : send(`${head('302 Found', 'Location: /end', 'Content-Length: 100')}begun`),
    )
    const session = sessionOver('sockets')
    faked(fake)
    expect(await session.get(server.url).text()).toBe('ok')
  })

  it('saves downloads and cookies, and reports them', async () => {
    const server = await serve(({ send }) => send(`${head('200 OK', 'Content-Length: 7')}content`))
    const path = await folder()
    const [file, jarFile] = [join(path, 'file'), join(path, 'cookies.txt')]
    const session = new Session({ jar: await FileCookieJar.open(jarFile), trustEnv: false })
    const changed = vi.fn()
    session.cookies.addEventListener('change', changed)
    faked(fake)
    await session.download(server.url, file)
    await session.cookies.set({ name: 'b', value: '2', maxAge: 60, url: server.url })
    await session.close()
    restore()
    expect(await readFile(file, 'utf8')).toBe('content')
    expect(await readFile(jarFile, 'utf8')).toContain('127.0.0.1')
    expect(changed).toHaveBeenCalled()
  })
})

it('Session drives deadlines and back-offs by fake timers', async () => {
  const server = await serve(({ send }) => send(head('503 Busy', 'Content-Length: 0')))
  const session = sessionOver('sockets', { timeout: null })
  faked(() => (vi.useFakeTimers(), () => void vi.useRealTimers()))
  const retried = session.get(server.url, { retry: { limit: 1, delay: 3_600_000, maxDelay: 7_200_000 } })
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
  await vi.advanceTimersByTimeAsync(7_200_000)
  expect((await retried).status).toBe(503)
  expect(server.connections()).toBe(1)
  const hanging = await serve(() => {})
  const call = session.get(hanging.url, { timeout: 3_600_000 })
  const outcome = expect(call).rejects.toThrow(TimeoutError)
  await hanging.whenRequests(1)
  await vi.advanceTimersByTimeAsync(3_600_000)
  await outcome
})

it.each(FAKES)('Session schedules I/O by real timers where it is loaded under %s', async (_name, fake) => {
  const { url } = await plainServer()
  faked(fake)
  vi.resetModules()
  const { Session: Late } = await import('@session-fetch/node')
  const { io } = await import('../../src/base/io.js')
  const session = new Late({ trustEnv: false })
  atEnd(() => session.close())
  for (const body of ['one', 'two']) expect(await session.post(url, { body }).text()).toBe(body)
  restore()
  vi.resetModules() // the files after this one get modules that were loaded under real timers
  expect(await session.post(url, { body: 'three' }).text()).toBe('three')
  expect(Math.abs(io.date() - Date.now())).toBeLessThan(60_000)
  const before = io.now()
  await expect.poll(() => io.now()).toBeGreaterThan(before)
})
