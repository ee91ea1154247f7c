import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Authority, createAuthority } from '@session-fetch/test-support/certificates'
import { type BuildOptions, build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Kind, Order, Plant, Run } from './child.js'
import { NAMES, beyondUs } from './names.js'
import { ways } from './scenario.js'
import { type Stage, openStage } from './stage.js'

let folder: string
let script: string
let authority: Authority

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-fetch-pollution-'))
  authority = await createAuthority()
  script = join(folder, 'child.cjs')
  await build({ entryPoints: [at('child.ts')], outfile: script, ...BUNDLE })
}, 60_000)

afterAll(async () => {
  await authority.close()
  await rm(folder, { recursive: true, force: true })
})

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The sources, and all that they import, as one script. */
const BUNDLE: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'silent',
  conditions: ['source'],
}

/** The result of one run: the received requests, and the results of the calls. */
interface Result extends Run {
  readonly seen: readonly string[]
}

/** Runs the scenario once for each plant, in a separate process. */
async function playAll(
  way: string,
  plants: readonly (Plant | null)[],
  patience = 240_000,
): Promise<Result[]> {
  const stage = await openStage(authority)
  const { places, evil } = stage
  try {
    return await resultsOf(fork(script), stage, { way, places, evil, plants, patience })
  } finally {
    await stage.close()
  }
}

function resultsOf(child: ChildProcess, stage: Stage, order: Order): Promise<Result[]> {
  const results: Result[] = []
  child.on('message', ({ outcomes, called }: Run) => {
    results.push({ outcomes, called, seen: stage.take() })
    child.send('go on')
  })
  child.send(order)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0 && results.length === order.plants.length) resolve(results)
      else reject(new Error(`${order.way}: the process ended with ${code} after ${results.length} runs`))
    })
  })
}

/** Several names at once: if a group changes nothing, none of its names does. */
const GROUP = 24

function groups(names: readonly string[], kind: Kind): Plant[] {
  return Array.from({ length: Math.ceil(names.length / GROUP) }, (_, at) => ({
    names: names.slice(at * GROUP, (at + 1) * GROUP),
    kind,
  }))
}

/** The names that change the scenario; of a group whose names change it only together, all of them. */
async function changing(way: string, plants: readonly Plant[]): Promise<string[]> {
  // More than once: on a busy machine, a platform's own pool may open another connection than it did before.
  let found: readonly Plant[] = plants
  for (let round = 0; round < 4; round += 1) found = await differing(way, found)
  const singles = found.flatMap(({ names, kind }) => names.map((name) => ({ names: [name], kind })))
  const culprits = await differing(way, singles)
  return (culprits.length > 0 ? culprits : found).map(({ names }) => names.join(' '))
}

/** The plants that change the result of the scenario. */
async function differing(way: string, plants: readonly Plant[]): Promise<readonly Plant[]> {
  if (plants.length === 0) return plants
  const results = await playAll(way, [null, ...plants])
  const clean = JSON.stringify(results.shift())
  expect(clean).not.toContain('hung')
  return plants.filter((_, index) => JSON.stringify(results[index]) !== clean)
}

function withinUs(way: string): string[] {
  const beyond = beyondUs(way)
  return NAMES.filter((name) => !beyond.includes(name))
}

const OWN = 'own connections'

describe.concurrent('Session does the same whatever Object.prototype holds', { timeout: 1_200_000 }, () => {
  it.each(Object.keys(ways))('over %s', async (way) => {
    expect(await changing(way, groups(withinUs(way), 'text'))).toEqual([])
  })

  it.each<Kind>(['function', 'object', 'list', 'true', 'zero', 'one'])('as %s', async (kind) => {
    expect(await changing(OWN, groups(withinUs(OWN), kind))).toEqual([])
  })
})

describe.concurrent('Session: what the platform takes from Object.prototype', { timeout: 1_200_000 }, () => {
  it.each([OWN, 'HTTP/2', 'an http.Agent', 'a dispatcher', 'fetchTransport()'])(
    'sends nothing elsewhere over %s',
    async (way) => {
      const plants = beyondUs(way).map((name) => ({ names: [name], kind: 'text' as const }))
      const [clean, ...results] = await playAll(way, [null, ...plants], 1000)
      const lines = new Set(clean?.seen.map(requestLine))
      for (const { seen } of results)
        for (const request of seen) expect(lines).toContain(requestLine(request))
    },
  )

  it('fails calls over HTTP/2, and lets none hang', async () => {
    const plants = beyondUs('HTTP/2').map((name) => ({ names: [name], kind: 'text' as const }))
    for (const { outcomes } of await playAll('HTTP/2', plants)) expect(outcomes).not.toBe('["hung"]')
  })
})

/** The server, the client and the request. */
function requestLine(request: string): string {
  return request.split('\r\n', 1)[0] ?? ''
}
