// npm run fuzz [-- --seconds 30 --seed n]: random answers through our parser and Node's, and random calls over whole
// sessions, for so many seconds in all. A failure prints its seed; with a seed alone, that round is run again.
import { parseArgs } from 'node:util'
import { root, run } from './lib/run.mjs'
import { setUp } from './setup.mjs'

/** The tests of packages/node/test/fuzz/*.test.ts, one after the other. */
const PARTS = 5

try {
  const { seconds, seed } = parseArgs({
    options: { seconds: { type: 'string' }, seed: { type: 'string' }, 'no-system': { type: 'boolean' } },
    allowPositionals: true,
  }).values
  setUp()
  const env = {
    ...(seed !== undefined && { FUZZ_SEED: seed }),
    ...((seed === undefined || seconds !== undefined) && {
      FUZZ_SECONDS: String(Number(seconds ?? 30) / PARTS),
    }),
  }
  const { ok } = run(`${root}node_modules/.bin/vitest`, ['run', 'packages/node/test/fuzz/'], {
    env,
    loud: true,
  })
  process.exitCode = ok ? 0 : 1
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
