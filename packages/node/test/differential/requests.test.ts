import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callNamed, names } from './calls.js'
import { differences as found } from './compare.js'
import { differences, listOfDifferences, standing } from './differences.js'
import { type RecordingServers, startRecordingServers } from './recording-server.js'
import { type RequestsSide, startRequestsSide } from './requests-side.js'
import { runWithSession } from './session-side.js'

let servers: RecordingServers
let requests: RequestsSide
beforeAll(async () => {
  servers = await startRecordingServers()
  requests = await startRequestsSide()
})
afterAll(async () => {
  await requests.close()
  await servers.close()
})

describe('Session does as requests does:', () => {
  it.each(names)('%s', async (name) => {
    const call = callNamed(name, servers.origins)
    servers.begin(call)
    const theirs = { got: await requests.run(call), sent: servers.end() }
    servers.begin(call)
    const ours = { got: await runWithSession(call, servers.origins.home), sent: servers.end() }
    const differing = found(theirs, ours)
    const listed = standing(requests.versions.urllib3)
      .filter((each) => each.call === name)
      .flatMap(({ field }) => field)
    expect(Object.fromEntries([...differing].filter(([field]) => !listed.includes(field)))).toEqual({})
    expect(listed.filter((field) => !differing.has(field))).toEqual([])
  })
})

describe('differences', () => {
  it('name existing calls, and have a reason for each difference', () => {
    for (const { call, field, reason } of differences) {
      expect(names).toContain(call)
      expect([field].flat()).not.toHaveLength(0)
      expect(reason).toMatch(/^\S.*\.$/)
    }
  })

  it('are listed in docs/requests-parity.md', async () => {
    const text = await readFile(new URL('../../../../docs/requests-parity.md', import.meta.url), 'utf8')
    expect(text).toContain(listOfDifferences())
  })
})
