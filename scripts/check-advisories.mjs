// node scripts/check-advisories.mjs: each row of docs/advisories.md names advisories, a rule and tests, and each test
// that it names is there and runs.
import { readFileSync } from 'node:fs'
import { findNamedTests } from './lib/named-tests.mjs'
import { root } from './lib/run.mjs'

const ADVISORY = /^(?:CVE-\d{4}-\d{4,}|GHSA(?:-\w{4}){3}|npm\/\d+) \([\w.-]+\)$/

const text = readFileSync(`${root}docs/advisories.md`, 'utf8')
const rows = text.split('\n').flatMap((line) => rowOf(line))
const exists = findNamedTests(rows.flatMap(({ tests }) => tests))
const faults = [...rows.flatMap(faultsOf), ...repeated()]

for (const fault of faults) console.error(fault)
console.log(`${rows.length} rows, ${rows.flatMap(({ ids }) => ids).length} advisories`)
process.exitCode = faults.length > 0 || rows.length === 0 ? 1 : 0

/** A row of a table: what happened, the rule, the advisories, and the tests in backticks. */
function rowOf(line) {
  const [, what = '', rule = '', ids = '', tests = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
  if (!/CVE-|GHSA-|npm\//.test(ids)) return []
  const named = Array.from(tests.matchAll(/`([^`]+)`/g), ([, name]) => name.replaceAll('\\|', '|'))
  return [{ what, rule, ids: ids.split(', '), tests: named }]
}

function faultsOf({ what, rule, ids, tests }) {
  return [
    ...(rule === '' ? [`${what}: has no rule`] : []),
    ...ids.filter((id) => !ADVISORY.test(id)).map((id) => `${what}: "${id}" is no advisory of a product`),
    ...(tests.length === 0 ? [`${what}: names no test`] : []),
    ...tests.filter((name) => !exists(name)).map((name) => `${what}: there is no test ${name}`),
  ]
}

function repeated() {
  const all = rows.flatMap(({ ids }) => ids)
  return all.filter((id, index) => all.indexOf(id) < index).map((id) => `${id} is in two rows`)
}
