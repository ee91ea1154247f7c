import { Agent } from 'node:http'
import { digest } from '@session-fetch/core/digest'
import type { CallOptions } from '@session-fetch/node'
import { head, ok } from '@session-fetch/test-support/fault-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callNamed, names } from './calls.js'
import { type Side, differences } from './compare.js'
import { type RecordingServers, startRecordingServers } from './recording-server.js'
import { runWithSession } from './session-side.js'
import { TRANSPORTS, WAYS, serve, sessionBy, sessionOver } from '../fault-stage.js'

let servers: RecordingServers
beforeAll(async () => {
  servers = await startRecordingServers()
})
afterAll(() => servers.close())

async function side(name: string, agent?: Agent): Promise<Side> {
  const call = callNamed(name, servers.origins)
  servers.begin(call)
  return { got: await runWithSession(call, servers.origins.home, agent), sent: servers.end() }
}

describe('Session does the same over sockets of its own and over an http.Agent:', () => {
  it.each(names)('%s', async (name) => {
    const agent = new Agent({ keepAlive: true })
    try {
      const found = differences(await side(name), await side(name, agent))
      expect([...found]).toEqual([])
    } finally {
      agent.destroy()
    }
  })
})

describe.each(WAYS.slice(0, 3))('session.get: an empty query, over %s,', (way) => {
  it.each<[string, CallOptions, string]>([
    ['/echo?', {}, '/echo?'],
    ['/echo?#part', {}, '/echo?'],
    ['/echo#part?', {}, '/echo'],
    ['/echo#', {}, '/echo'],
    ['/echo??', {}, '/echo??'],
    ['/echo?', { params: { a: 1 } }, '/echo?a=1'],
  ])('is kept: %s with %j', async (target, call, sent) => {
    const server = await serve(({ request, send }) =>
      send(request.target === sent ? ok() : head('302 Found', `Location: ${target}`, 'Content-Length: 0')),
    )
    const origin = server.url.slice(0, -1)
    await sessionBy(way).get(origin + target, call)
    await sessionBy(way, { baseUrl: server.url }).get(target.slice(1), call)
    if (!call.params) await sessionBy(way).get(`${origin}/moved`)
    const targets = new Set(server.requests.map((request) => request.target))
    expect([...targets]).toEqual(call.params ? [sent] : [sent, '/moved'])
  })

  it('is hashed by Digest as it is sent', async () => {
    const challenge = 'WWW-Authenticate: Digest realm="a", nonce="b", qop="auth"'
    const server = await serve(({ request: { headers }, send }) =>
      send(headers['authorization'] ? ok() : head('401 Unauthorized', challenge, 'Content-Length: 0')),
    )
    await sessionBy(way, { auth: digest('user', 'secret') }).get(`${server.url}echo?#part`)
    expect(server.requests[1]?.headers['authorization']).toContain('uri="/echo?"')
  })
})

describe.each(TRANSPORTS)('session.get: a URL, over %s,', (transport) => {
  it.each(['/a|b^', "/a?'`{}|^\\[]", '/%7c?%7C'])('asks for %s as it stands there', async (target) => {
    const server = await serve(({ send }) => send(ok()))
    const { pathname, search } = new URL(target, server.url)
    await sessionOver(transport)
      .get(server.url.replace(/\/$/, '') + target)
      .text()
    expect(server.requests[0]?.target).toBe(pathname + search)
  })
})
