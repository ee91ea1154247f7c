import { run } from './run.mjs'
import { settle } from './tally.mjs'

/**
 * A command of ours as a suite of one test, which passes when the command ends well.
 *
 * @param {string} name
 * @param {string} script
 */
export function command(name, script) {
  console.log(`\n— ${name} —\n`)
  const { ok } = run(process.execPath, [script], { loud: true })
  return settle(name, [{ name, passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }], ok)
}
