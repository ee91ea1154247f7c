// node scripts/check-parity.mjs: docs/requests-parity.md has all rows, and each test that it names exists and runs.
import { readFileSync } from 'node:fs'
import { findNamedTests } from './lib/named-tests.mjs'
import { root } from './lib/run.mjs'

const sections = [
  { title: 'Features of requests', prefix: '', rows: 118 },
  { title: 'What httpx adds', prefix: 'h', rows: 30 },
  { title: 'Behaviors in the tests of requests', prefix: '', rows: 213 },
]
const reason = String.raw`\(.+\)`
const verdict = new RegExp(
  `^(?:same|(?:same; )?browser cannot ${reason}|changed ${reason}|not here ${reason})$`,
)

const text = readFileSync(`${root}docs/requests-parity.md`, 'utf8')
const rows = sections.flatMap((section) => rowsOf(section))
const isTest = findNamedTests(rows.flatMap(({ named }) => named).map(bare))
const faults = [...sections.flatMap(missingRows), ...rows.flatMap((row) => faultsOf(row))]

for (const fault of faults) console.error(fault)
console.log(`${rows.length} rows, ${new Set(rows.flatMap(({ named }) => named)).size} tests named`)
process.exitCode = faults.length > 0 ? 1 : 0

/** The rows of a section, each with the verdict and the named tests. */
function rowsOf({ title }) {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? ''
  const found = section.matchAll(/^- \*\*(\w+)\*\* .+\. _(.+)_(?:\n  (.+))?$/gm)
  return [...found].map(([, id, said, proof = '']) => ({ title, id, said, named: namesIn(proof) }))
}

/** The names of tests with their backticks, or `no test yet`. */
function namesIn(proof) {
  return proof.match(/`[^`]+`|no test yet/g) ?? []
}

function missingRows({ title, prefix, rows: count }) {
  const there = rows.filter((row) => row.title === title).map(({ id }) => id)
  const wanted = Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`)
  if (there.join() === wanted.join()) return []
  return [`${title}: the rows are not 1 to ${count}, each once`]
}

function faultsOf({ title, id, said, named }) {
  const where = `${title}, row ${id}`
  const wrongVerdict = verdicts(said).every((part) => verdict.test(part))
    ? []
    : [`${where}: "${said}" is not a verdict`]
  const proofless = named.length === 0 && !said.startsWith('not here') ? [`${where}: has no test`] : []
  const gone = named.filter((name) => !isTest(bare(name))).map((name) => `${where}: ${name} does not exist`)
  return [...wrongVerdict, ...proofless, ...gone]
}

/** A verdict for Node may be followed by one for browsers. */
function verdicts(said) {
  return said.split(/; (?=browser cannot)/)
}

/** A name without backticks. */
function bare(name) {
  return name.replaceAll('`', '')
}
