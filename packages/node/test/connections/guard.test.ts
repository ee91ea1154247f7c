import type { LookupFunction } from 'node:net'
import { ConnectionError, type Dialled, InvalidRequestError, Session, publicOnly } from '@session-fetch/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EchoServer, startEchoServer } from '../echo-server.js'
import { turns } from '../wire/deliver.js'

let server: EchoServer
const sessions: Session[] = []
beforeEach(async () => {
  server = await startEchoServer()
})
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()))
  await server.close()
})

function make(options: ConstructorParameters<typeof Session>[0]): Session {
  const session = new Session({ trustEnv: false, ...options })
  sessions.push(session)
  return session
}

/** The results of consecutive lookups of names. */
function resolving(...answers: string[][]): LookupFunction & { asked: string[] } {
  const asked: string[] = []
  const lookup: LookupFunction = (hostname, options, callback) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? []
    asked.push(hostname)
    const found = answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    if (options.all) callback(null, found)
    else callback(null, found[0]?.address ?? '', found[0]?.family)
  }
  return Object.assign(lookup, { asked })
}

describe('guard', () => {
  it('is called with each address before it is connected to', async () => {
    const asked: Dialled[] = []
    const session = make({
      lookup: resolving(['127.0.0.1', '127.0.0.2']),
      guard: (dialled) => void asked.push(dialled),
    })
    const url = `http://name.test:${server.port}/a?b=1`
    await session.get(url).text()
    await session.get(url).text()
    expect(asked).toEqual([
      { url, address: '127.0.0.1' },
      { url, address: '127.0.0.2' },
    ])
  })

  it.each([false, null, 0, '', 'yes', {}])('refuses with %j', async (answer) => {
    const session = make({ guard: (async () => answer) as unknown as () => boolean })
    const error = await session.get(server.url).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ retryable: false, request: { url: server.url } })
    expect(String(error)).toContain('127.0.0.1')
    expect(server.connections()).toBe(0)
  })

  it('fails the call with the error that it throws', async () => {
    const reason = Object.assign(new Error('not that one'), { code: 'UND_ERR_SOCKET' })
    const session = make({
      guard: () => {
        throw reason
      },
    })
    const error = (await session.get(server.url).catch((thrown: unknown) => thrown)) as Error
    expect(error === reason || error.cause === reason).toBe(true)
    expect(server.connections()).toBe(0)
  })

  it('checks the address that is connected to, not an earlier address of the name', async () => {
    const lookup = resolving(['127.0.0.1'], ['127.6.6.6'])
    const session = make({ lookup, guard: ({ address }) => address === '127.0.0.1' })
    expect((await session.get(`http://name.test:${server.port}/`)).status).toBe(200)
    expect(lookup.asked).toHaveLength(1)
  })

  it('refuses a name if one of the addresses is refused', async () => {
    const session = make({ lookup: resolving(['8.8.8.8', '127.0.0.1']), guard: publicOnly() })
    await expect(session.get(`http://name.test:${server.port}/`)).rejects.toThrow('127.0.0.1')
  })

  it('is called for redirects, too', async () => {
    const session = make({ guard: ({ url }) => new URL(url).hostname !== 'localhost' })
    const target = encodeURIComponent(`http://localhost:${server.port}/`)
    await expect(session.get(`${server.url}to?${target}`)).rejects.toThrow('The guard refused')
    expect(server.seen).toHaveLength(1)
  })

  it('is called with the origin behind a proxy, then with the proxy', async () => {
    const asked: Dialled[] = []
    const proxy = `http://user:secret@127.0.0.1:${server.port}`
    const session = make({
      proxy,
      lookup: resolving(['192.0.2.1']),
      guard: (dialled) => void asked.push(dialled),
    })
    await session.get('http://name.test/').text()
    expect(asked).toEqual([
      { url: 'http://name.test/', address: '192.0.2.1' },
      { url: 'http://name.test/', address: '127.0.0.1', proxy: `http://127.0.0.1:${server.port}` },
    ])
  })

  it('that never settles does not block the next call', async () => {
    let answer = (_ok: boolean): void => {}
    const answers = [new Promise<boolean>((resolve) => (answer = resolve))]
    const session = make({ connections: 1, guard: () => answers.shift() ?? true })
    const call = session.get(server.url, { timeout: { connect: 50 } })
    await expect(call).rejects.toThrow('timeout.connect')
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
    expect((await session.get(server.url)).status).toBe(200)
    answer(true)
    await turns()
    expect((await session.get(server.url)).status).toBe(200)
    expect(server.connections()).toBe(1)
  })

  it('must be a function', () => {
    expect(() => make({ guard: true as unknown as () => boolean })).toThrow(InvalidRequestError)
  })
})

describe('publicOnly', () => {
  it.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::]/',
    'http://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
  ])('refuses %s', async (url) => {
    await expect(make({ guard: publicOnly() }).get(url)).rejects.toThrow('The guard refused')
  })

  it('rejects an origin behind a proxy', async () => {
    const proxy = `http://127.0.0.1:${server.port}`
    const session = make({ guard: publicOnly(), proxy })
    await expect(session.get('http://169.254.169.254/')).rejects.toThrow('The guard refused')
    expect(server.connections()).toBe(0)
    expect((await session.get('http://8.8.8.8/')).status).toBe(200)
  })
})
