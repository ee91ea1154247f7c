import { Agent } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callNamed, names } from './differential/calls.js'
import { type Side, differences } from './differential/compare.js'
import { type RecordingServers, startRecordingServers } from './differential/recording-server.js'
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

/** Where they differ: a socket of ours is given a URL's path and query, and an empty query is none. */
const DIFFERENT: Record<string, readonly string[]> = {
  'a question mark without a query': ['request 1: target'],
}

describe('the same call over our own sockets and over cross-fetch with an http.Agent', () => {
  it.each(names)('%s', async (name) => {
    const agent = new Agent({ keepAlive: true })
    try {
      const found = differences(await side(name), await side(name, agent))
      expect([...found].filter(([field]) => !DIFFERENT[name]?.includes(field))).toEqual([])
      expect(DIFFERENT[name]?.filter((field) => !found.has(field)) ?? []).toEqual([])
    } finally {
      agent.destroy()
    }
  })
})
