import { once } from 'node:events'
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, type LookupFunction, type Socket, createServer } from 'node:net'
import {
  type CachedLookupOptions,
  ConnectionError,
  DnsError,
  InvalidRequestError,
  type NodeSessionOptions,
  Session,
  TimeoutError,
  UnsupportedError,
  cachedLookup,
} from '@session-fetch/node'
import { afterEach, describe, expect, it } from 'vitest'
import { type EchoServer, startEchoServer } from '../echo-server.js'
import { holdTimers } from '../fault-stage.js'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function origin(
  answer?: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<EchoServer> {
  const server = await startEchoServer(answer ? { answer } : {})
  closers.push(() => server.close())
  return server
}

function make(options: NodeSessionOptions = {}): Session {
  const session = new Session({ trustEnv: false, ...options })
  closers.push(() => session.close())
  return session
}

/** An origin that responds only on request, in the order of the requests. */
async function patient(): Promise<
  EchoServer & { waiting: ServerResponse[]; arrived(count: number): Promise<void> }
> {
  const waiting: ServerResponse[] = []
  const server = await origin((_request, response) => waiting.push(response) > 0)
  const arrived = async (count: number): Promise<void> => {
    await expect.poll(() => waiting.length).toBe(count)
  }
  return { ...server, waiting, arrived }
}

describe('connections', () => {
  it('use one socket for consecutive calls and redirects', async () => {
    const server = await origin()
    const session = make()
    for (let call = 0; call < 20; call += 1) await session.get(server.url).text()
    expect((await session.get(`${server.url}to?%2Fend`)).history).toHaveLength(1)
    expect(server.connections()).toBe(1)
    expect(session.stats()).toEqual({ opened: 1, reused: 21, running: 0, pending: 0 })
  })

  it('are limited per origin', async () => {
    const [one, other] = [await origin(), await origin()]
    const session = make()
    for (const { url } of [one, one, other]) await session.get(url).text()
    expect(session.stats(one.url)).toEqual({ opened: 1, reused: 1, running: 0, pending: 0 })
    expect(session.stats(new URL('any', other.url))).toEqual({ opened: 1, reused: 0, running: 0, pending: 0 })
    expect(session.stats('https://never.test/')).toEqual({ opened: 0, reused: 0, running: 0, pending: 0 })
    expect(() => session.stats('no URL')).toThrow(InvalidRequestError)
  })

  it('do not change if a call is aborted before it starts, or if the session is closed', async () => {
    const server = await origin()
    const session = make()
    await session.get(server.url).text()
    const controller = new AbortController()
    const given = session.get(server.url, { signal: controller.signal })
    controller.abort()
    await expect(given).rejects.toMatchObject({ name: 'AbortError' })
    await session.get(server.url).text()
    expect(session.stats()).toEqual({ opened: 1, reused: 1, running: 0, pending: 0 })
    const closing = session.get(server.url)
    await Promise.all([
      session.close(),
      expect(closing).rejects.toMatchObject({ name: 'SessionClosedError' }),
    ])
    expect([server.connections(), session.stats().running]).toEqual([1, 0])
  })

  it('are closed with the session that opened them, and the calls of its children reject', async () => {
    const server = await patient()
    const session = make()
    const calls = [session.extend(), session.fork()].map((child) => child.get(server.url))
    await server.arrived(2)
    const told = calls.map((call) =>
      expect(call).rejects.toMatchObject({
        name: 'SessionClosedError',
        message: expect.stringContaining('that owns the connections of this call'),
        request: { url: server.url },
      }),
    )
    await Promise.all([session.close(), ...told])
  })

  it('keep the socket after HEAD requests', async () => {
    const server = await origin()
    const session = make()
    for (let call = 0; call < 5; call += 1) await session.head(server.url)
    await session.get(server.url).text()
    expect(server.connections()).toBe(1)
  })

  it('opened in a burst are reused, the last one first', async () => {
    const server = await origin()
    const session = make({ connections: 10 })
    await Promise.all(Array.from({ length: 50 }, () => session.get(server.url).text()))
    expect(server.connections()).toBe(10)
    await Promise.all(Array.from({ length: 50 }, () => session.get(server.url).text()))
    for (let call = 0; call < 20; call += 1) await session.get(server.url).text()
    expect(server.connections()).toBe(10)
    expect(session.stats()).toMatchObject({ opened: 10, reused: 110 })
  })

  it('serve 10 000 concurrent calls over 64 sockets', async () => {
    const server = await origin()
    const session = make({ connections: 64, timeout: { connect: Infinity } })
    const texts = await Promise.all(
      Array.from({ length: 10_000 }, (_, call) =>
        session.get(`${server.url}${call}`).json<{ target: string }>(),
      ),
    )
    expect(texts.every(({ target }, call) => target === `/${call}`)).toBe(true)
    expect(server.connections()).toBe(64)
    expect(session.stats()).toEqual({ opened: 64, reused: 9936, running: 0, pending: 0 })
  }, 180_000)

  it('are counted while they are in use', async () => {
    const server = await patient()
    const session = make({ connections: 2 })
    const calls = Array.from({ length: 5 }, (_, call) => session.get(`${server.url}${call}`).text())
    await server.arrived(2)
    expect(session.stats()).toEqual({ opened: 2, reused: 0, running: 2, pending: 3 })
    expect(session.extend().stats()).toEqual(session.stats())
    for (let call = 0; call < 5; call += 1) {
      await server.arrived(Math.min(5, call + 2))
      server.waiting[call]?.end()
      await calls[call]
    }
    expect(session.stats()).toEqual({ opened: 2, reused: 3, running: 0, pending: 0 })
  })

  it('are not counted if an agent owns them', () => {
    const agent = new Agent()
    expect(() => make({ agent }).stats()).toThrow(UnsupportedError)
    expect(() => make({ agent, connections: 3 })).toThrow(InvalidRequestError)
  })

  it('of many origins are forgotten, but their counts are not', async () => {
    const server = await origin((_request, response) => {
      response.setHeader('Connection', 'close').end()
      return true
    })
    const lookup: LookupFunction = (_name, options, callback) =>
      options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4)
    const session = make({ lookup })
    for (let call = 0; call < 300; call += 1) await session.get(`http://host${call}.test:${server.port}/`)
    expect(session.stats()).toEqual({ opened: 300, reused: 0, running: 0, pending: 0 })
  })
})

describe('connections: the queue', () => {
  it('is processed in the order of the calls', async () => {
    const server = await origin()
    const session = make({ connections: 1 })
    await Promise.all(Array.from({ length: 50 }, (_, call) => session.get(`${server.url}${call}`).text()))
    expect(server.seen.map(({ target }) => target)).toEqual(
      Array.from({ length: 50 }, (_, call) => `/${call}`),
    )
  })

  it('is subject to the deadline', async () => {
    const server = await patient()
    const session = make({ connections: 1 })
    const first = session.get(server.url)
    await server.arrived(1)
    await expect(session.get(server.url, { timeout: 100 })).rejects.toThrow(TimeoutError)
    await expect(session.get(server.url, { timeout: { connect: 100 } })).rejects.toThrow(TimeoutError)
    expect(session.stats()).toMatchObject({ running: 1, pending: 0 })
    server.waiting[0]?.end()
    expect((await first).status).toBe(200)
  })

  it('loses no socket if waiting calls are aborted', async () => {
    const server = await patient()
    const session = make({ connections: 1 })
    const first = session.get(server.url)
    await server.arrived(1)
    const controller = new AbortController()
    const others = Array.from({ length: 100 }, () => session.get(server.url, { signal: controller.signal }))
    await expect.poll(() => session.stats().pending).toBe(100)
    controller.abort()
    for (const other of await Promise.allSettled(others)) expect(other.status).toBe('rejected')
    expect(session.stats()).toMatchObject({ running: 1, pending: 0 })
    server.waiting[0]?.end()
    await first
    const last = session.get(server.url)
    await server.arrived(2)
    server.waiting[1]?.end()
    expect((await last).status).toBe(200)
    expect(server.connections()).toBe(1)
  })
})

describe('connections: a connection', () => {
  it('that is still being opened is closed with its call, and the next call opens another', async () => {
    const pass = holdTimers()
    const held: Socket[] = []
    const server = createServer((socket) => {
      held.push(socket)
      socket.once('data', () => pass(100))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(async () => {
      for (const socket of held) socket.destroy()
      server.close()
    })
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/` // TLS that is never answered
    const session = make({ connections: 1 })
    await expect(session.get(url, { timeout: 100 })).rejects.toThrow(TimeoutError)
    await expect.poll(() => held[0]?.closed).toBe(true)
    await expect(session.get(url, { timeout: { connect: 100 } })).rejects.toThrow(TimeoutError)
    expect(held).toHaveLength(2)
    expect(session.stats()).toMatchObject({ opened: 0, running: 0, pending: 0 })
  })

  it('that is refused names what failed', async () => {
    const error = await make()
      .get('http://127.0.0.1:9/')
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ phase: 'connect', retryable: true, cause: { code: 'ECONNREFUSED' } })
  })

  it('is opened to the address that responds', async () => {
    const server = await origin()
    const lookup: LookupFunction = (_name, options, callback) => {
      const found = [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ]
      if (options.all) callback(null, found)
      else callback(null, '::1', 6)
    }
    expect((await make({ lookup }).get(`http://name.test:${server.port}/`)).status).toBe(200)
  })

  it('that its server closed while it was idle is replaced', async () => {
    const server = await origin()
    const sockets = new Set<Socket>()
    const session = make()
    await session.get(server.url, { hooks: { response: [() => {}] } }).text()
    const closing = await origin((request, response) => {
      sockets.add(request.socket)
      response.end('ok')
      return true
    })
    for (let call = 0; call < 5; call += 1) {
      expect(await session.get(closing.url).text()).toBe('ok')
      for (const socket of sockets) socket.destroy()
    }
    expect(closing.seen).toHaveLength(5)
  })

  it('that is lost during a request is replaced once, for idempotent requests', async () => {
    let turns = 0
    const server = createServer((socket) => {
      let mine = 0
      socket.on('error', () => {})
      socket.on('data', () => {
        turns += 1
        mine += 1
        if (mine === 2) socket.resetAndDestroy()
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(async () => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const session = make()
    expect(await session.get(url).text()).toBe('ok')
    expect(await session.get(url).text()).toBe('ok')
    expect(turns).toBe(3)
    await expect(session.post(url, { body: 'once' })).rejects.toThrow(ConnectionError)
    expect(turns).toBe(4)
  })

  it('is kept for as long as keepAlive says', async () => {
    const server = await origin()
    const closed: Promise<unknown>[] = []
    const watched = await origin((request) => {
      closed.push(once(request.socket, 'close'))
      return false
    })
    await make({ keepAlive: 50 }).get(watched.url).text()
    await closed[0] // long before the 60 seconds that this server offers
    const session = make({ keepAlive: 60_000 })
    await session.get(server.url).text()
    await session.get(server.url).text()
    expect(server.connections()).toBe(1)
  })

  it('is not kept with keepAlive: 0', async () => {
    const server = await origin()
    const session = make({ keepAlive: 0 })
    for (let call = 0; call < 3; call += 1) await session.get(server.url).text()
    expect(server.connections()).toBe(3)
    expect(server.seen[0]?.headers).toMatchObject({ connection: 'close' })
    expect(session.stats()).toMatchObject({ opened: 3, reused: 0 })
  })

  it('is set by localAddress', async () => {
    const from: (string | undefined)[] = []
    const server = await origin((request) => from.push(request.socket.remoteAddress) < 0)
    await make({ localAddress: '127.0.0.5' }).get(server.url).text()
    await make({ localAddress: '127.0.0.6' }).get(`http://localhost:${server.port}/`).text()
    expect(from).toEqual(['127.0.0.5', '127.0.0.6'])
  })
})

describe('lookup', () => {
  it('resolves the names', async () => {
    const server = await origin()
    const asked: string[] = []
    const lookup: LookupFunction = (hostname, options, callback) => {
      asked.push(hostname)
      if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    }
    const session = make({ lookup })
    const { headers } = await session
      .get(`http://name.test:${server.port}/`)
      .json<{ headers: Record<string, string> }>()
    expect(headers['host']).toBe(`name.test:${server.port}`)
    await session.get(server.url)
    expect(asked).toEqual(['name.test'])
  })

  it('that fails is a DnsError', async () => {
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])
    await expect(make({ lookup }).get('http://name.test/')).rejects.toThrow(DnsError)
  })

  it('that throws fails the call', async () => {
    const lookup: LookupFunction = () => {
      throw new Error('out of order')
    }
    await expect(make({ lookup }).get('http://name.test/')).rejects.toThrow('out of order')
  })

  it('that finds no address is a DnsError', async () => {
    const lookup: LookupFunction = (_name, _options, callback) => setImmediate(() => callback(null, []))
    await expect(make({ lookup }).get('http://name.test/')).rejects.toThrow(DnsError)
  })

  it('may return one address for any options', async () => {
    const server = await origin()
    const lookup: LookupFunction = (_name, _options, callback) => callback(null, '127.0.0.1', 4)
    expect((await make({ lookup }).get(`http://name.test:${server.port}/`)).status).toBe(200)
  })

  it('that returns an invalid address fails the call', async () => {
    const answers = [undefined, null, 7, [null], [{}], ['name.test']]
    for (const answer of answers) {
      const lookup = ((_name: string, _options: object, callback: (...found: unknown[]) => void) =>
        void setImmediate(() => callback(null, answer))) as unknown as LookupFunction
      const call = make({ lookup }).get('http://name.test/')
      await expect(call, JSON.stringify(answer)).rejects.toThrow(DnsError)
    }
  })

  it('is Node’s own by default', async () => {
    const server = await origin()
    expect((await make().get(`http://localhost:${server.port}/`)).status).toBe(200)
    await expect(make().get('http://name.invalid/')).rejects.toThrow(DnsError)
  })
})

describe('cachedLookup', () => {
  function counting(fail = false): LookupFunction & { asked: string[] } {
    const asked: string[] = []
    const lookup: LookupFunction = (hostname, _options, callback) => {
      asked.push(hostname)
      setImmediate(() => {
        if (fail) callback(Object.assign(new Error('no'), { code: 'EAI_AGAIN' }), [])
        else
          callback(null, [
            { address: '127.0.0.1', family: 4 },
            { address: '::1', family: 6 },
          ])
      })
    }
    return Object.assign(lookup, { asked })
  }

  const ask = (lookup: LookupFunction, name: string, options = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lookup(name, options, (error, found, family) =>
        error ? reject(error) : resolve(family ? [found, family] : found),
      )
    })

  it('queries once for concurrent and later calls', async () => {
    const inner = counting()
    const lookup = cachedLookup({ lookup: inner })
    await Promise.all([ask(lookup, 'a.test'), ask(lookup, 'a.test'), ask(lookup, 'b.test')])
    await ask(lookup, 'a.test')
    expect(inner.asked).toEqual(['a.test', 'b.test'])
  })

  it('returns one address or all, of the requested family', async () => {
    const lookup = cachedLookup({ lookup: counting() })
    expect(await ask(lookup, 'a.test')).toEqual(['127.0.0.1', 4])
    expect(await ask(lookup, 'a.test', { family: 6 })).toEqual(['::1', 6])
    expect(await ask(lookup, 'a.test', { all: true, family: 4 })).toEqual([
      { address: '127.0.0.1', family: 4 },
    ])
  })

  it('rejects an unknown option', () => {
    expect(() => cachedLookup({ TTL: 60_000 } as CachedLookupOptions)).toThrow(
      'cachedLookup has no member "TTL"; its members are ttl, limit, lookup',
    )
  })

  it('queries again after ttl', async () => {
    const inner = counting()
    const lookup = cachedLookup({ lookup: inner, ttl: 0 })
    await ask(lookup, 'a.test')
    await ask(lookup, 'a.test')
    expect(inner.asked).toHaveLength(2)
  })

  it('does not cache failures', async () => {
    const inner = counting(true)
    const lookup = cachedLookup({ lookup: inner })
    await expect(ask(lookup, 'a.test')).rejects.toThrow('no')
    await expect(ask(lookup, 'a.test')).rejects.toThrow('no')
    expect(inner.asked).toHaveLength(2)
  })

  it('works as an option of a session', async () => {
    const server = await origin()
    const inner = counting()
    const session = make({ lookup: cachedLookup({ lookup: inner }), keepAlive: 0 })
    for (let call = 0; call < 3; call += 1) await session.get(`http://name.test:${server.port}/`).text()
    expect(inner.asked).toEqual(['name.test'])
  })
})

describe('connections: what cannot be an option of theirs', () => {
  it.each<[string, object]>([
    ['connections: 0', { connections: 0 }],
    ['connections: 1.5', { connections: 1.5 }],
    ['connections: "8"', { connections: '8' }],
    ['keepAlive: -1', { keepAlive: -1 }],
    ['keepAlive: true', { keepAlive: true }],
    ['trustEnv: 1', { trustEnv: 1 }],
    ['lookup: an address', { lookup: '1.1.1.1' }],
    ['localAddress: a name', { localAddress: 'localhost' }],
    ['keepalives: 7', { keepAlives: 7 }],
  ])('is refused when the session is created: %s', (_what, options) => {
    expect(() => make(options)).toThrow(InvalidRequestError)
  })
})
