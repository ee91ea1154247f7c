import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handwritten } from '../cases/handwritten.js'
import { mutated } from '../cases/mutations.js'
import { show } from './outcome.js'
import { Stage } from './stage.js'
import { verdict } from './verdict.js'
import type { WireCase } from '../cases/wire-case.js'

/** Another seed creates other mutations; a failure prints the bytes, which can be added as a handwritten case. */
const SEED = 0x5e_55_10
const COUNT = 600

const named = (cases: readonly WireCase[]): [string, WireCase][] => cases.map((wire) => [wire.name, wire])

let stage: Stage
beforeAll(async () => {
  stage = await Stage.open()
})
afterAll(() => stage.close())

async function judge(wire: WireCase): Promise<void> {
  const { bytes, ending, cuts = [] } = wire
  const told = `${show(bytes)}, cut at [${cuts.join(', ')}], then ${ending}`
  expect(verdict(wire, await stage.compare(wire)), told).toBeNull()
}

describe('Session takes what Node’s own parser takes, or less:', () => {
  it.each(named(handwritten))('%s', (_name, wire) => judge(wire))
})

describe(`Session takes mutations of seed ${SEED} as Node’s own parser does, or less:`, () => {
  it.each(named(mutated(SEED, COUNT)))('number %s', (_name, wire) => judge(wire))
})

describe('handwritten: its cases', () => {
  it('are each of their own', () => {
    expect(new Set(handwritten.map(({ name }) => name)).size).toBe(handwritten.length)
  })
})
