// npm run runtimes [-- runtime …]: the contract over the packed packages in each runtime, over the entry that its
// conditions choose. The runtimes come from the npm registry and stay in the user's cache. workerd and edge-runtime run
// only when they are named: they are given the browser's entry, which keeps no cookies on a server.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { add, summary, total } from './lib/tally.mjs'
import { deviations } from './runtimes/deviations.mjs'
import { installRuntimes } from './runtimes/install.mjs'
import { installPackages, loadContractServer, writeEdgeRunner, writeProgram } from './runtimes/project.mjs'
import { MARK, bundleConditions, runtimes } from './runtimes/run-in.mjs'
import { setUp } from './setup.mjs'

const ENTRIES = ['session-fetch']
const SECRET = 'hunter2-secret'

const asked = process.argv.slice(2)
const supported = Object.keys(runtimes).filter((name) => !Object.hasOwn(bundleConditions, name))
const chosen = asked.length > 0 ? asked : supported
const unknown = chosen.filter((name) => !Object.hasOwn(runtimes, name))
if (unknown.length > 0) {
  console.error(`no such runtime: ${unknown.join(', ')} (there are ${Object.keys(runtimes).join(', ')})`)
  process.exitCode = 1
} else {
  setUp()
  installRuntimes()
  const tallies = await runAll(chosen)
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
        for (const entry of ENTRIES) tallies.push(await runOne({ folder, name, entry, urls }))
      return tallies
    } finally {
      await Promise.all([site.close(), other.close()])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runOne({ folder, name, entry, urls }) {
  const title = `${name}, ${entry}`
  const file = await writeProgram(folder, { entry, urls, conditions: bundleConditions[name] })
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

/** A line for each thing that is not as the table of deviations says. */
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
