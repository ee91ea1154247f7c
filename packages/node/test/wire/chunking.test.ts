import type { FaultServer } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { serve, sessionOver } from '../fault-stage.js'
import { type ValidAnswer, corpus } from './cases/corpus.js'
import { cut, deliver, singly } from './deliver.js'
import { sessionOutcome } from './parser/session-outcome.js'

const named = corpus.map((answer) => [answer.name, answer] as const)

/** Every way to deliver an answer: whole, byte by byte, and in two pieces at every position. */
function deliveries({ bytes }: ValidAnswer): Buffer[][] {
  const positions = Array.from({ length: bytes.length - 1 }, (_, index) => index + 1)
  return [[bytes], singly(bytes), ...positions.map((position) => cut(bytes, [position]))]
}

/** A server that sends one response, split as configured. */
async function giving({ ending = 'open' }: ValidAnswer): Promise<{ server: FaultServer; ways: Buffer[][] }> {
  const ways: Buffer[][] = []
  const server = await serve((visit) => void deliver(visit, ways[0] ?? [], ending))
  return { server, ways }
}

describe('Session reads an answer alike however it is cut:', () => {
  it.each(named)('%s', async (_name, answer) => {
    const { server, ways } = await giving(answer)
    const session = sessionOver('sockets', { timeout: null })
    const all = deliveries(answer)
    for (const [index, pieces] of all.entries()) {
      ways[0] = pieces
      const outcome = await sessionOutcome(session, server.url, answer.method ?? 'GET')
      expect(outcome, `delivery ${index} of ${all.length}`).toEqual(answer.expected)
    }
    expect(server.connections()).toBe(answer.reused ? 1 : all.length)
    await server.whenOpen(answer.reused ? 1 : 0)
  })
})

/** What Node's native fetch does otherwise than the standards, in some of its versions. */
const NOT_NATIVE = [
  'blanks and tabs around the values', // refuses a tab after a length: RFC 9110 §5.6.3
  'a reason in latin-1', // reads it as UTF-8: https://fetch.spec.whatwg.org/#concept-response-status-message
  'chunks with extensions and trailers', // refuses an extension after one with a value: RFC 9112 §7.1.1
  '100 and 103 before it', // refuses a 100 that it did not ask for: RFC 9110 §15.2
]
const fetchable = named.filter(([name]) => !NOT_NATIVE.includes(name))

describe('Session makes of an answer what the platform’s fetch does:', () => {
  it.each(fetchable)('%s', async (_name, answer) => {
    const { server, ways } = await giving(answer)
    ways[0] = [answer.bytes]
    const response = await fetch(server.url, { method: answer.method ?? 'GET' })
    const body = Buffer.from(await response.arrayBuffer()).toString('latin1')
    const { status, statusText, headers } = response
    expect({ status, statusText, headers: [...headers], body }).toEqual(answer.expected)
  })
})

describe('Session: an answer that is whole', () => {
  it.each(named.filter(([, { reused }]) => reused))(
    'is handed over at once, though nothing follows: %s',
    async (_name, answer) => {
      const server = await serve((visit) => visit.send(answer.bytes))
      const session = sessionOver('sockets')
      for (let call = 0; call < 3; call += 1)
        expect(await sessionOutcome(session, server.url, answer.method ?? 'GET')).toEqual(answer.expected)
      expect(server.connections()).toBe(1)
    },
  )
})
