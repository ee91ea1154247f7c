import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ResponseReader } from '../../src/http1/response-reader.js'
import { budgetFrom, seeds } from './seeds.js'
import { cut, singly } from '../wire/deliver.js'
import { generated } from '../wire/cases/generated.js'
import { type Outcome, isRefused, show } from '../wire/parser/outcome.js'
import { nodeReads, oursReads } from '../wire/parser/parsers.js'
import { Random } from '../wire/random.js'
import { disagreement } from '../wire/parser/verdict.js'
import type { WireCase } from '../wire/cases/wire-case.js'

const budget = budgetFrom(process.env)
const PATIENT = { timeout: 300_000 + (budget.ms ?? 0) }
/** Answers of one seed. */
const ANSWERS = 250

describe(ResponseReader, PATIENT, () => {
  it('takes generated answers as Node’s parser does, or less, and the same however they are cut', async () => {
    for (const seed of seeds(budget, 4)) {
      const random = new Random(seed)
      for (let index = 0; index < ANSWERS; index += 1) {
        const wire = generated(random)
        const told = `${show(wire.bytes)} for ${wire.method}, number ${index} of npm run fuzz -- --seed ${seed}`
        const ours = oursReads([wire.bytes], wire)
        expect(disagreement(wire, { ours, node: await nodeReads(wire) }), told).toBeNull()
        expect(otherwiseCut(wire, ours), told).toEqual([])
      }
    }
  })
})

/** Where the answer may be cut so that it is taken otherwise: before each byte, or everywhere, which is -1. */
function otherwiseCut(wire: WireCase, ours: Outcome): number[] {
  const differs = (pieces: Buffer[]): boolean =>
    !isDeepStrictEqual(shown(oursReads(pieces, wire)), shown(ours))
  const places = Array.from(wire.bytes.keys()).filter((at) => differs(cut(wire.bytes, [at])))
  return differs(singly(wire.bytes)) ? [-1, ...places] : places
}

/** An outcome without what an error says, which depends on how much had come. */
function shown(outcome: Outcome): unknown {
  return isRefused(outcome) ? 'refused' : outcome
}
