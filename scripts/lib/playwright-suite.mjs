import { join } from 'node:path'
import { findBrowser, findFirefox } from './find-browser.mjs'
import { withReportFile } from './report-file.mjs'
import { root, run } from './run.mjs'
import { isProvided, mayInstall } from './system-needs.mjs'
import { settle } from './tally.mjs'

const folder = join(root, 'e2e')
const cache = join(root, 'node_modules/.cache/playwright')
const runner = 'node_modules/@playwright/test/cli.js'

/**
 * Runs the tests in e2e/ in these engines, and tallies them by engine. An engine that is not there is left out, and
 * said to be; without any, the suite has failed. With `--no-system` the tests of such an engine count as skipped. A flaky test has failed; so has a file that did not load.
 *
 * @param {...('chromium' | 'firefox' | 'webkit')} engines
 */
export function playwright(...engines) {
  const there = engines.filter(isProvided)
  for (const engine of engines) if (!there.includes(engine)) console.error(`e2e: ${engine} is left out`)
  const left = mayInstall ? [] : engines.filter((engine) => !there.includes(engine)).map(leftOut)
  if (there.length === 0) return settle('e2e', left, true)
  const { ok, report } = withReportFile((file) =>
    run(
      process.execPath,
      [runner, 'test', '--reporter=list,json', ...there.map((name) => `--project=${name}`)],
      {
        cwd: folder,
        // Its cache of compiled tests stays for the next run.
        env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file, PWTEST_CACHE_DIR: cache, ...browsers() },
        loud: true,
      },
    ),
  )
  const tallies = [...there.map((engine) => tally(engine, testsOf(report ?? {}))), ...left]
  const notLoaded = {
    name: 'e2e, files that did not load',
    passed: 0,
    failed: report?.errors?.length ?? 0,
    skipped: 0,
  }
  return settle('e2e', notLoaded.failed > 0 ? [...tallies, notLoaded] : tallies, ok)
}

/** The tests of an engine that is not there: as many as would run in it. */
function leftOut(engine) {
  const { report } = withReportFile((file) =>
    run(process.execPath, [runner, 'test', '--list', '--reporter=json', `--project=${engine}`], {
      cwd: folder,
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file, PWTEST_CACHE_DIR: cache },
    }),
  )
  return { name: `e2e ${engine}`, passed: 0, failed: 0, skipped: Math.max(1, testsOf(report ?? {}).length) }
}

/** The browsers that were found, in the variables that the tests read. */
function browsers() {
  const found = Object.entries({ CHROMIUM_BIN: findBrowser(), FIREFOX_BIN: findFirefox() })
  return Object.fromEntries(found.filter(([, file]) => file !== undefined))
}

/** Every test of a report's files and of the groups in them, once for each engine. */
function testsOf({ suites = [], specs = [] }) {
  return [...specs.flatMap(({ tests }) => tests), ...suites.flatMap(testsOf)]
}

function tally(engine, tests) {
  const count = (...statuses) =>
    tests.filter((test) => test.projectName === engine && statuses.includes(test.status)).length
  return {
    name: `e2e ${engine}`,
    passed: count('expected'),
    failed: count('unexpected', 'flaky'),
    skipped: count('skipped'),
  }
}
