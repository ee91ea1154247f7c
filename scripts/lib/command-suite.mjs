import { run } from './run.mjs'
import { mayInstall } from './system-needs.mjs'
import { settle } from './tally.mjs'

/**
 * A command of ours as a suite of one test, which passes when the command ends well.
 *
 * @param {string} name
 * @param {string} script
 * @param {{ leavesOut?: boolean }} [options] `leavesOut`: a part of it cannot run here, which counts as skipped
 */
export function command(name, script, { leavesOut = false } = {}) {
  console.log(`\n— ${name} —\n`)
  const flags = mayInstall ? [] : ['--no-system']
  const { ok } = run(process.execPath, [script, ...flags], { loud: true })
  return settle(name, [{ name, passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: leavesOut ? 1 : 0 }], ok)
}
