// npm run runtimes [-- runtime …]: the contract over the packed packages in each runtime, over the entry that its
// conditions choose, and over the portable one where that is another. The runtimes are installed from npm into the
// user's cache, and stay there. A failure that runtimes/deviations.mjs does not name is red, and so is one that it names
// and that has vanished. With --report <file>, writes the tallies there.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { add, summary, total } from './lib/tally.mjs'
import { deviations } from './runtimes/deviations.mjs'
import { installRuntimes } from './runtimes/install.mjs'
import { installPackages, loadContractServer, writeEdgeRunner, writeProgram } from './runtimes/project.mjs'
import { MARK, bundleConditions, runtimes } from './runtimes/run-in.mjs'
import { setUp } from './setup.mjs'

const SECRET = 'hunter2-secret'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { report: { type: 'string' } } })
const chosen = positionals.length > 0 ? positionals : Object.keys(runtimes)
const unknown = chosen.filter((name) => !Object.hasOwn(runtimes, name))
if (unknown.length > 0) {
  console.error(`no such runtime: ${unknown.join(', ')} (there are ${Object.keys(runtimes).join(', ')})`)
  process.exitCode = 1
} else {
  setUp()
  installRuntimes(chosen)
  const tallies = await runAll(chosen)
  if (values.report) writeFileSync(values.report, JSON.stringify(tallies))
  console.log(`\n${tallies.map(summary).join('\n')}\n\n${total(tallies)}`)
  process.exitCode = add(tallies).failed > 0 ? 1 : 0
}

async function runAll(names) {
  const folder = mkdtempSync(join(tmpdir(), 'session-fetch-runtimes-'))
  try {
    installPackages(folder)
    writeEdgeRunner(folder)
    const { startContractServer } = await loadContractServer(folder)
    const [site, other] = [await startContractServer(), await startContractServer()]
    const urls = { url: site.url, otherUrl: `http://localhost:${other.port}/`, secret: SECRET }
    try {
      const tallies = []
      for (const name of names)
        for (const entry of entriesFor(name)) tallies.push(await runOne({ folder, name, entry, urls }))
      return tallies
    } finally {
      await Promise.all([site.close(), other.close()])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The entry that the runtime's conditions choose, and the portable one where they choose Node's. */
function entriesFor(name) {
  return Object.hasOwn(bundleConditions, name)
    ? ['session-fetch']
    : ['session-fetch', 'session-fetch/portable']
}

async function runOne({ folder, name, entry, urls }) {
  const title = `${name}, ${entry}`
  const isPortable = entry.endsWith('/portable') || Object.hasOwn(bundleConditions, name)
  const setup = { ...urls, isPortable }
  const file = await writeProgram(folder, { entry, urls: setup, conditions: bundleConditions[name] })
  const printed = await runtimes[name](file, folder)
  const at = printed.indexOf(MARK)
  const logged = at < 0 ? printed : printed.slice(0, at) + printed.slice(printed.indexOf('\n', at))
  const known = deviations[title] ?? {}
  const outcomes = at < 0 ? [] : JSON.parse(printed.slice(at + MARK.length).split('\n', 1)[0])
  const faults = faultsOf(outcomes, known, logged)
  for (const fault of faults) console.error(`${title}: ${fault}`)
  const passed = outcomes.filter(({ failure }) => failure === undefined).length
  console.log(`${title}: ${passed} of ${outcomes.length}, ${Object.keys(known).length} known deviations`)
  return { name: title, passed, failed: faults.length, skipped: 0 }
}

/** A line for each difference from the table of deviations. */
function faultsOf(outcomes, known, logged) {
  if (outcomes.length === 0) return [`it gave no outcomes:\n${logged.slice(0, 2000)}`]
  const failed = outcomes.filter(({ failure }) => failure !== undefined)
  const fresh = failed.filter(({ name }) => !Object.hasOwn(known, name))
  const names = new Set(failed.map(({ name }) => name))
  const vanished = Object.keys(known).filter((name) => !names.has(name))
  return [
    ...fresh.map(({ name, failure }) => `${name}\n    ${failure}`),
    ...vanished.map((name) => `the deviation "${name}" has vanished: take it out of the table`),
    ...(logged.includes(SECRET) ? [`what was logged shows a secret:\n${logged.slice(0, 2000)}`] : []),
  ]
}
