/**
 * Does one slow thing: says what before, and how long it took after.
 *
 * @param {string} what
 * @param {() => { ok: boolean, output: string }} work
 * @throws {Error} with the output of the work, where it failed
 */
export function slowly(what, work) {
  process.stdout.write(`setup: ${what} … `)
  const start = performance.now()
  const { ok, output } = work()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(ok ? `${seconds} s` : 'failed')
  if (!ok) throw new Error(`setup failed: ${what}\n${output}`)
}
