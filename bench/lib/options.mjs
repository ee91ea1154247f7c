import { parseArgs } from 'node:util'
import { PEERS } from './peers.mjs'
import { PYTHON } from './python-requests.mjs'
import { SCENARIOS } from './scenarios.mjs'

/** Whose benchmark it is. */
export const OURS = 'session-fetch'
/** What every figure is a ratio to. */
export const BASE = 'undici.request'

/** Rounds for each set of processes, seconds of a round, and seconds before it that do not count. */
const FULL = { casts: 3, rounds: 2, seconds: 0.3, settling: 0.1 }
const QUICK = { casts: 1, rounds: 1, seconds: 0.02, settling: 0 }

/**
 * What the command line asks for:
 *
 *     --quick                a single round of a few calls each, to see that all of it works
 *     --only "small JSON"    the scenarios whose names have this in them
 *     --peers axios,got      these clients, beside session-fetch and what all are compared with
 *     --casts 5 --rounds 7 --seconds 1 --settling 0.2
 *
 * @returns the plan of a round, the scenarios by protocol, the clients' names, and whether that is all there is
 * @throws {TypeError} for what it does not know
 */
export function readOptions(args = process.argv.slice(2)) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      peers: { type: 'string' },
      ...Object.fromEntries(Object.keys(FULL).map((name) => [name, { type: 'string' }])),
    },
  })
  const { quick, only, peers } = values
  const known = [...Object.keys(PEERS), PYTHON]
  const names = peers === undefined ? known : [...new Set([BASE, OURS, ...peers.split(',')])]
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new TypeError(`no such client: ${unknown.join(', ')} (there are ${known.join(', ')})`)
  return {
    quick,
    plan: { ...(quick ? QUICK : FULL), ...numbersOf(values) },
    names,
    scenarios: scenariosWith(only),
    isWhole: only === '' && peers === undefined,
  }
}

function numbersOf(values) {
  const given = Object.keys(FULL).filter((name) => values[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, Number(values[name])]))
}

function scenariosWith(words) {
  const chosen = Object.entries(SCENARIOS).map(([protocol, scenarios]) => [
    protocol,
    scenarios.filter(({ name }) => name.includes(words)),
  ])
  return Object.fromEntries(chosen.filter(([, scenarios]) => scenarios.length > 0))
}
