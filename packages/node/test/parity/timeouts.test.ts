import { Session, TimeoutError, type TimeoutOptions } from '@session-fetch/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mocked } from './mocked.js'
import { type RawServer, startRawServer } from './raw-server.js'

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'

let silent: RawServer
let stalling: RawServer
beforeAll(async () => {
  silent = await startRawServer(() => {})
  stalling = await startRawServer((socket) => void socket.write(`${HEAD}begin`))
})
afterAll(() => {
  silent.close()
  stalling.close()
})

let session: Session
beforeEach(() => {
  session = new Session()
})
afterEach(() => session.close())

async function phaseOf(call: PromiseLike<unknown>): Promise<string> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof TimeoutError)) throw error
  return error.phase
}

describe('timeout', () => {
  it.each<[string, number | TimeoutOptions]>([
    ['total', 60],
    ['total', { total: 60 }],
    ['headers', { headers: 60 }],
    ['attempt', { attempt: 60 }],
  ])('has the phase %s if no response arrives', async (phase, timeout) => {
    expect(await phaseOf(session.get(silent.url, { timeout }))).toBe(phase)
  })

  it.each<[string, number | TimeoutOptions]>([
    ['total', 60],
    ['body', { body: 60 }],
  ])('has the phase %s if a body stalls', async (phase, timeout) => {
    expect(await phaseOf(session.get(stalling.url, { timeout }).text())).toBe(phase)
  })

  it('of headers does not limit the body', async () => {
    const response = await session.get(stalling.url, { timeout: { headers: 20_000, body: 60 } })
    expect(response.status).toBe(200)
    expect(await phaseOf(response.text())).toBe('body')
  })

  it('of connect includes the wait for a free connection', async () => {
    const narrow = new Session({ connections: 1 })
    const first = narrow.get(silent.url).catch(() => 'ended')
    expect(await phaseOf(narrow.get(silent.url, { timeout: { connect: 60 } }))).toBe('connect')
    await narrow.close()
    expect(await first).toBe('ended')
  })

  it('of a call replaces the session’s, and null removes it', async () => {
    session.timeout = 60
    expect(await phaseOf(session.get(silent.url))).toBe('total')
    const controller = new AbortController()
    const call = session.get(silent.url, { timeout: null, signal: controller.signal })
    expect(await phaseOf(session.get(silent.url))).toBe('total')
    controller.abort(new RangeError('by hand'))
    await expect(call).rejects.toThrow('by hand')
  })

  it.each([
    ['nothing', 0],
    ['less than nothing', -1],
    ['what is no number', Number.NaN],
    ['text', '5'],
    ['a truth value', true],
    ['a list', [1, 2, 3]],
    ['a phase there is not', { read: 5 }],
  ])('refuses %s', async (_what, timeout) => {
    const wrong: object = { timeout }
    await expect(mocked().session.get('https://api.test/', wrong)).rejects.toThrow('timeout')
  })

  it('may be infinite', async () => {
    const { session: quick } = mocked({}, { timeout: Infinity })
    expect((await quick.get('https://api.test/', { timeout: null })).status).toBe(200)
  })
})
