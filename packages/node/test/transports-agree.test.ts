import { Agent } from 'node:http'
import { ok } from '@session-fetch/test-support/fault-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callNamed, names } from './differential/calls.js'
import { type Side, differences } from './differential/compare.js'
import { type RecordingServers, startRecordingServers } from './differential/recording-server.js'
import { TRANSPORTS, serve, sessionOver } from './fault-stage.js'
import { runWithSession } from './differential/session-side.js'

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

describe('the same call over our own sockets and over cross-fetch with an http.Agent', () => {
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

describe.each(TRANSPORTS)('a URL, over %s,', (transport) => {
  it.each(['/a|b^', "/a?'`{}|^\\[]", '/?', '/%7c?%7C'])('asks for %s as it stands there', async (target) => {
    const server = await serve(({ send }) => send(ok()))
    const { pathname, search } = new URL(target, server.url)
    await sessionOver(transport)
      .get(server.url.replace(/\/$/, '') + target)
      .text()
    expect(server.requests[0]?.target).toBe(pathname + search)
  })
})
