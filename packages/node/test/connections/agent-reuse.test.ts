import { Agent } from 'node:http'
import { Session } from '@session-fetch/node'
import { type Visit, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { atEnd, serve } from '../fault-stage.js'

function sessionOf(agent: Agent): Session {
  const session = new Session({ agent })
  atEnd(() => (agent.destroy(), session.close()))
  return session
}

/** Answers the first request of a connection, and resets it at the next. */
const once = ({ turn, send, reset }: Visit): void => (turn === 0 ? send(ok('fresh')) : reset())

describe('Session over an http.Agent', () => {
  it('sends a GET again that waited for a connection which was closing', async () => {
    const server = await serve(once)
    const session = sessionOf(new Agent({ keepAlive: true, maxSockets: 1 }))
    const calls = Array.from({ length: 4 }, () => session.get(server.url).text())
    expect(await Promise.all(calls)).toEqual(['fresh', 'fresh', 'fresh', 'fresh'])
    expect(server.connections()).toBe(4)
  })

  it('sends a GET again until it meets a connection that is not closing', async () => {
    const held: (() => void)[] = []
    const server = await serve((visit) => {
      if (held.length < 3) held.push(() => visit.send(ok('first')))
      else once(visit)
      if (held.length === 3 && server.requests.length === 3) for (const answer of held) answer()
    })
    const session = sessionOf(new Agent({ keepAlive: true }))
    const firsts = Array.from({ length: 3 }, () => session.get(server.url).text())
    expect(await Promise.all(firsts)).toEqual(['first', 'first', 'first'])
    expect(await session.get(server.url).text()).toBe('fresh')
    expect([server.connections(), server.requests.length]).toEqual([4, 7])
  })

  it('sends a POST once, whatever its connection does', async () => {
    const server = await serve(once)
    const session = sessionOf(new Agent({ keepAlive: true, maxSockets: 1 }))
    await session.get(server.url).text()
    await expect(session.post(server.url, { body: 'x' })).rejects.toThrow('ECONNRESET')
    expect(server.requests).toHaveLength(2)
  })
})
