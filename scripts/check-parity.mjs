// node scripts/check-parity.mjs: docs/requests-parity.md is whole, and each test that it names is there and runs.
import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { root, run } from './lib/run.mjs'

const sections = [
  { title: 'Features of requests', prefix: '', rows: 118 },
  { title: 'What httpx adds', prefix: 'h', rows: 30 },
  { title: 'Behaviours in the tests of requests', prefix: '', rows: 213 },
]
const reason = String.raw`\(.+\)`
const verdict = new RegExp(
  `^(?:same|(?:same; )?browser cannot ${reason}|changed ${reason}|not here ${reason})$`,
)

const text = readFileSync(`${root}docs/requests-parity.md`, 'utf8')
const rows = sections.flatMap((section) => rowsOf(section))
const tests = listTests()
const faults = [...sections.flatMap(missingRows), ...rows.flatMap((row) => faultsOf(row))]

for (const fault of faults) console.error(fault)
console.log(`${rows.length} rows, ${new Set(rows.flatMap(({ named }) => named)).size} tests named`)
process.exitCode = faults.length > 0 ? 1 : 0

/** The rows of a section, each with its verdict and the tests it names. */
function rowsOf({ title }) {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? ''
  const found = section.matchAll(/^- \*\*(\w+)\*\* .+\. _(.+)_(?:\n  (.+))?$/gm)
  return [...found].map(([, id, said, proof = '']) => ({ title, id, said, named: namesIn(proof) }))
}

/** Each name with its backticks, or the words that there is none yet. */
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
    : [`${where}: "${said}" is no verdict`]
  const proofless = named.length === 0 && !said.startsWith('not here') ? [`${where}: names no test`] : []
  const gone = named.filter((name) => !exists(name)).map((name) => `${where}: there is no ${name}`)
  return [...wrongVerdict, ...proofless, ...gone]
}

/** A verdict for Node may be followed by one for browsers. */
function verdicts(said) {
  return said.split(/; (?=browser cannot)/)
}

/** `contract › name` is a case of the contract; else the end of a file's path, and the end of a test's name. */
function exists(named) {
  const path = fileOf(named)
  const name = named.slice(named.indexOf(' › ') + 3, -1)
  const holders = new Set(
    tests.filter((test) => `/${test.file}`.endsWith(`/${path}`)).map((test) => test.file),
  )
  if (holders.size !== 1) return false
  const [holder] = holders
  return (
    tests.some((test) => test.file === holder && ` > ${test.name}`.endsWith(` > ${name}`)) && runs(holder)
  )
}

function fileOf(named) {
  const [, file = ''] = /^`(.+?) › /.exec(named) ?? []
  return file === 'contract' ? 'packages/node/test/contract-sockets.test.ts' : file
}

/** No test of the file is switched off, or left for later. */
function runs(file) {
  return !/\b(?:it|test|describe)\.(?:skip|todo|only|skipIf|runIf|fails)\b/.test(
    readFileSync(root + file, 'utf8'),
  )
}

/** The tests that vitest would run, as it names them, of the files that are named. */
function listTests() {
  const files = new Set(rows.flatMap(({ named }) => named).map(fileOf))
  const { ok, output } = run(process.execPath, ['node_modules/vitest/vitest.mjs', 'list', ...files, '--json'])
  if (!ok) throw new Error(`vitest cannot list the tests:\n${output.slice(0, 2000)}`)
  return JSON.parse(output.slice(output.indexOf('[\n'))).map(({ name, file }) => ({
    name,
    file: relative(root, file).split(sep).join('/'),
  }))
}
