import { withReportFile } from './report-file.mjs'
import { run } from './run.mjs'
import { settle } from './tally.mjs'

/** Runs the contract in other runtimes, and gives a tally for each of them and each entry. */
export function runtimes(...names) {
  const { ok, report = [] } = withReportFile((file) =>
    run(process.execPath, ['scripts/runtimes.mjs', ...names, '--report', file], { loud: true }),
  )
  return settle('runtimes', report, ok)
}
