import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { TRANSPORTS, overConnections, serve, sessionOver } from '../fault-stage.js'
import { cases } from './cases/cases.js'
import { deviations, listOfDeviations } from './cases/deviations.js'

const named = cases.map((each) => [each.name, each] as const)

describe('globalThis.fetch', () => {
  const isNewer = Number.parseInt(process.versions['undici'] ?? '') >= 7

  it.each(named)('%s', async (_name, { play, standard, undici7 = standard }) => {
    expect(await play({ fetch: globalThis.fetch, serve })).toEqual(isNewer ? undici7 : standard)
  })
})

describe.each(TRANSPORTS)('session.fetch, over %s,', (transport) => {
  it.each(named)('%s', async (name, { play, standard }) => {
    const outcome = await play({ fetch: sessionOver(transport, overConnections(transport, 8)).fetch, serve })
    const deviation = deviations.find(({ where }) => where === name)
    expect(outcome).toEqual(deviation ? deviation.ours : standard)
  })
})

describe('deviations', () => {
  it('name each deviating case once, with a reason', () => {
    const standards = new Map(cases.map(({ name, standard }) => [name, standard]))
    expect(standards.size).toBe(cases.length)
    expect(new Set(deviations.map(({ where }) => where)).size).toBe(deviations.length)
    for (const { where, ours, reason } of deviations) {
      expect([...standards.keys()]).toContain(where)
      expect(ours).not.toEqual(standards.get(where))
      expect(reason).toMatch(/^\S.*\.$/)
    }
  })

  it('are listed in docs/fetch.md', async () => {
    const text = await readFile(new URL('../../../../docs/fetch.md', import.meta.url), 'utf8')
    const plain = text
      .replaceAll(/ *\| */g, ' | ')
      .replaceAll(/^ /gm, '')
      .replaceAll(/ $/gm, '')
    for (const line of listOfDeviations().split('\n')) expect(plain).toContain(line)
  })
})
