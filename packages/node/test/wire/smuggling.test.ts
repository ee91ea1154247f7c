import type { AuthFlow, Session } from '@session-fetch/node'
import { type FaultServer, type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { serve, sessionOver } from '../fault-stage.js'
import { turns } from './deliver.js'
import { EVIL, answers, answersToHead, surplus } from './poison.js'

const isFirst = ({ connection, turn }: Visit): boolean => connection === 0 && turn === 0

/** The most bytes that Node reads from a socket at once. */
const READ = 65_536

/** No part of the poison was parsed as a response, or stored. */
async function expectClean(session: Session, server: FaultServer): Promise<void> {
  for (const call of ['one', 'two', 'three'])
    expect(await session.post(`${server.url}${call}`, { body: call }).text()).toBe(call)
  expect(await session.cookies.getAll({ url: server.url })).toEqual([])
  expect(server.connections()).toBe(2)
}

/** Poisons the first connection; any other echoes. */
const poisoned =
  (poison: (visit: Visit) => void) =>
  (visit: Visit): void => {
    if (visit.connection === 0) poison(visit)
    else visit.send(ok(visit.request.body))
  }

describe.each(answers)('Session, after an answer of %s,', (_name, answer, body) => {
  it.each(surplus)('%s in the same packet cost the connection, not the answer', async (_what, bytes) => {
    const server = await serve(poisoned((visit) => visit.send(answer + bytes)))
    const session = sessionOver('sockets')
    expect(await (await session.get(server.url)).text()).toBe(body)
    await server.whenOpen(0)
    await expectClean(session, server)
  })
})

describe('Session: on an idle connection,', () => {
  it.each(surplus)('%s cost the connection, and answer nobody', async (_what, bytes) => {
    const visits: Visit[] = []
    const server = await serve(
      poisoned((visit) => {
        visits.push(visit)
        visit.send(ok('mine'))
      }),
    )
    const session = sessionOver('sockets')
    expect(await session.get(server.url).text()).toBe('mine')
    await turns()
    visits[0]?.send(bytes)
    await server.whenOpen(0)
    await expectClean(session, server)
  })

  it.each(surplus)('%s in the packet after the answer’s, answer nobody', async (_what, bytes) => {
    const server = await serve(
      poisoned(({ socket, send }) => {
        // Once written, the response is read by the caller, who sends the next request immediately.
        socket.write(ok('mine'), () => send(bytes))
      }),
    )
    const session = sessionOver('sockets')
    expect(await session.get(server.url).text()).toBe('mine')
    await expectClean(session, server)
  })

  it.each(surplus)(
    '%s read at once after the answer, but apart from it, answer nobody',
    async (_what, bytes) => {
      const size = READ - ok('').byteLength - 4
      const mine = 'x'.repeat(size)
      const server = await serve(poisoned(({ send }) => send(ok(mine).toString() + bytes)))
      const session = sessionOver('sockets')
      expect((await session.get(server.url).text()).length).toBe(size)
      expect(ok(mine).byteLength).toBe(READ)
      await expectClean(session, server)
    },
  )

  it('an answer before any request is not the first one’s answer for longer than that', async () => {
    const server = await serve(
      poisoned((visit) => visit.send(ok('late'))),
      {
        onConnection: (socket) => void (server.connections() === 1 && socket.write(ok('early'))),
      },
    )
    const session = sessionOver('sockets')
    // Who writes first cannot be told apart on a fresh connection; the second answer is one too many.
    await session.get(server.url).text()
    await server.whenOpen(0)
    await expectClean(session, server)
  })

  it('an end is noticed: the next request goes over another, whatever its method', async () => {
    const server = await serve((visit) => (isFirst(visit) ? visit.end(ok('mine')) : visit.send(ok('next'))))
    const session = sessionOver('sockets')
    expect(await session.get(server.url).text()).toBe('mine')
    await server.whenOpen(0)
    expect(await session.post(server.url, { body: 'x' }).text()).toBe('next')
    expect(server.requests).toHaveLength(2)
  })
})

describe('session.head: an answer with a body', () => {
  it.each(answersToHead)('(%s) costs the connection, and answers nobody', async (_name, bytes) => {
    const server = await serve(poisoned((visit) => visit.send(bytes)))
    const session = sessionOver('sockets')
    const response = await session.head(server.url)
    expect([response.status, await response.text()]).toEqual([200, ''])
    await server.whenOpen(0)
    await expectClean(session, server)
  })

  it.each(answersToHead)('(%s) that comes later costs the connection, too', async (_name, bytes) => {
    const end = bytes.indexOf('\r\n\r\n') + 4
    const visits: Visit[] = []
    const server = await serve(
      poisoned((visit) => {
        visits.push(visit)
        visit.send(bytes.slice(0, end))
      }),
    )
    const session = sessionOver('sockets')
    expect((await session.head(server.url)).status).toBe(200)
    await turns()
    visits[0]?.send(bytes.slice(end))
    await server.whenOpen(0)
    await expectClean(session, server)
  })
})

describe('Session: interim answers', () => {
  it('without end are a ProtocolError, and cost the connection', async () => {
    const server = await serve(({ socket }) => {
      const hints = head('103 Early Hints', 'Link: </a>').repeat(10)
      const more = (): void => void (socket.writable && socket.write(hints, () => setImmediate(more)))
      more()
    })
    await expect(sessionOver('sockets').get(server.url)).rejects.toMatchObject({ name: 'ProtocolError' })
    await server.whenOpen(0)
    expect(server.requests).toHaveLength(1)
  })

  it('give no header and no cookie to the answer', async () => {
    const server = await serve((visit) =>
      visit.send(head('103 Early Hints', 'X-Evil: 1', 'Set-Cookie: evil=1') + ok('mine').toString()),
    )
    const session = sessionOver('sockets')
    const response = await session.get(server.url)
    expect([...response.headers.keys()]).toEqual(['content-length'])
    expect(await session.cookies.getAll({ url: server.url })).toEqual([])
  })

  it('of status 101, unasked, are a ProtocolError: what follows answers nobody', async () => {
    const upgrade = head('101 Switching Protocols', 'Upgrade: x', 'Connection: upgrade')
    const server = await serve(poisoned((visit) => visit.send(upgrade + ok(EVIL).toString())))
    const session = sessionOver('sockets')
    const failing = session.post(server.url, { body: 'once' })
    await expect(failing).rejects.toMatchObject({ name: 'ProtocolError', retryable: false })
    await server.whenOpen(0)
    await expectClean(session, server)
  })
})

describe('Session: an answer that it goes on from itself', () => {
  const evil = ok(EVIL, 'Set-Cookie: evil=1').toString()

  it.each([
    ['a redirect', head('302 Found', 'Location: /end', 'Content-Length: 0'), {}],
    ['a redirect with a body', `${head('302 Found', 'Location: /end', 'Content-Length: 4')}mine`, {}],
    ['a failure that is retried', head('503 Busy', 'Content-Length: 0'), { retry: { limit: 1, delay: 0 } }],
    ['a challenge', head('401 Who', 'Content-Length: 0'), { auth: twice() }],
  ])('(%s) with another behind it is followed by the right one', async (_name, answer, options) => {
    const server = await serve((visit) => visit.send(isFirst(visit) ? answer + evil : ok('mine')))
    const session = sessionOver('sockets', options)
    expect(await session.get(server.url).text()).toBe('mine')
    expect(await session.cookies.getAll({ url: server.url })).toEqual([])
    expect([server.requests.length, server.connections()]).toEqual([2, 2])
  })

  it('is what is left of one that nobody reads', async () => {
    const visits: Visit[] = []
    const server = await serve(
      poisoned((visit) => {
        visits.push(visit)
        visit.send(`${head('200 OK', 'Content-Length: 100000')}some`)
      }),
    )
    const session = sessionOver('sockets')
    const reader = (await session.get(server.url)).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    visits[0]?.send(evil.repeat(100))
    await server.whenOpen(0)
    await expectClean(session, server)
  })
})

/** Sends the request again, whatever the first response is. */
function twice(): AuthFlow {
  return {
    *authenticate(request) {
      yield request
      yield request
    },
  }
}
