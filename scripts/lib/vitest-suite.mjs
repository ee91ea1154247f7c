import { join, relative } from 'node:path'
import { filesThatLack } from './left-out.mjs'
import { withReportFile } from './report-file.mjs'
import { root, run } from './run.mjs'
import { mayInstall } from './system-needs.mjs'
import { settle } from './tally.mjs'

const runner = 'node_modules/vitest/vitest.mjs'
/** The files of one worker share its thread pool: lookups that one of them left behind must not hold the others up. */
const THREADS = '32'

/**
 * Runs the vitest tests that the arguments choose, and tallies them by the folder they stand in. With `--no-system`,
 * files that need a program which is not installed are left out, and their tests count as skipped.
 */
export function vitest(...choice) {
  const left = mayInstall ? [] : filesThatLack()
  const exclusions = left.map((file) => `--exclude=${file}`)
  return [...vitestOn(process.execPath, ...choice, ...exclusions), ...leftOut(choice, left)]
}

/** Runs them in another Node. */
export function vitestOn(node, ...choice) {
  const { ok, report } = withReportFile((file) => {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    process.env.UV_THREADPOOL_SIZE ??= THREADS
    return run(node, [runner, 'run', ...choice, ...reporters], { loud: true })
  })
  const tallies = new Map()
  for (const file of report?.testResults ?? []) addFile(tallies, file)
  return settle('vitest', [...tallies.values()], ok)
}

/** One tally for the tests that the arguments choose in files that are left out. */
function leftOut(choice, files) {
  const isChosen = new Set(files.map((file) => join(root, file)))
  const tests = files.length > 0 ? listTests(choice).filter(({ file }) => isChosen.has(file)) : []
  if (tests.length === 0) return []
  return [{ name: 'left out without the system', passed: 0, failed: 0, skipped: tests.length }]
}

/** Every test that the arguments choose, with its file. */
function listTests(choice) {
  const words = choice.filter((word) => word !== '--coverage')
  const { ok, output } = run(process.execPath, [runner, 'list', ...words, '--json'])
  if (!ok) throw new Error(output)
  return JSON.parse(output.slice(output.indexOf('[')))
}

function addFile(tallies, { name: path, status, assertionResults }) {
  const name = folderOf(relative(root, path))
  const tally = tallies.get(name) ?? { name, passed: 0, failed: 0, skipped: 0 }
  tallies.set(name, tally)
  for (const test of assertionResults) {
    if (test.status === 'passed') tally.passed += 1
    else if (test.status === 'failed') tally.failed += 1
    else tally.skipped += 1
  }
  // A file that did not load, or whose set-up threw, names no failed test.
  if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) tally.failed += 1
}

/** `packages/core` for what is in a package, else the top folder. */
function folderOf(path) {
  const parts = path.split(/[\\/]/)
  return parts.slice(0, parts[0] === 'packages' ? 2 : 1).join('/')
}
