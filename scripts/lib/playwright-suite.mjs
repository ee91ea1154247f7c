import { join } from 'node:path'
import { withReportFile } from './report-file.mjs'
import { root, run } from './run.mjs'
import { settle } from './tally.mjs'

const folder = join(root, 'e2e')
const runner = 'node_modules/@playwright/test/cli.js'

/** Runs the Playwright tests in e2e/. A flaky test has failed; so has a file that did not load. */
export function playwright() {
  const { ok, report } = withReportFile((file) =>
    run(process.execPath, [runner, 'test', '--reporter=list,json'], {
      cwd: folder,
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file },
      loud: true,
    }),
  )
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = report?.stats ?? {}
  const failed = unexpected + flaky + (report?.errors?.length ?? 0)
  return settle('e2e', [{ name: 'e2e', passed: expected, failed, skipped }], ok)
}
