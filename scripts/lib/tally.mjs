/**
 * The result of a part of the tests.
 *
 * @typedef {{ name: string, passed: number, failed: number, skipped: number }} Tally
 */

/**
 * The tallies of one suite. A suite that ended badly without saying which test failed, or that ran no test
 * and left none out, has failed once more.
 *
 * @param {string} name the suite
 * @param {Tally[]} tallies
 * @param {boolean} ok whether its runner ended well
 * @returns {Tally[]}
 */
export function settle(name, tallies, ok) {
  const { passed, failed, skipped } = add(tallies)
  if (failed > 0) return tallies
  if (!ok) return [...tallies, { name: `${name} ended with an error`, passed: 0, failed: 1, skipped: 0 }]
  if (passed + skipped === 0)
    return [...tallies, { name: `${name} ran no test`, passed: 0, failed: 1, skipped: 0 }]
  return tallies
}

/** @param {Tally[]} tallies */
export function add(tallies) {
  const sum = (key) => tallies.reduce((sofar, tally) => sofar + tally[key], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
}

/** One line of the summary. */
export function summary({ name, ...counts }) {
  return `${counts.failed > 0 ? '✗' : '✓'} ${name.padEnd(32)} ${inWords(counts)}`
}

/** The very last line. */
export function total(tallies) {
  return inWords(add(tallies))
}

function inWords({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
