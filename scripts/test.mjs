// npm test [-- suite … --no-system]: sets up, runs the suites, and adds everything up. The last line is the total.
// Without a name it runs the units, and the browser tests in one engine; `e2e` runs those in all three. `--no-system`
// installs nothing on the system, and counts what is left out for it as skipped.
import { command } from './lib/command-suite.mjs'
import { leavingNothingBehind } from './lib/left-behind.mjs'
import { playwright } from './lib/playwright-suite.mjs'
import { runtimes } from './lib/runtimes-suite.mjs'
import { isProvided, mayInstall } from './lib/system-needs.mjs'
import { add, summary, total } from './lib/tally.mjs'
import { vitest, vitestOn } from './lib/vitest-suite.mjs'
import { installRuntimes, programOf } from './runtimes/install.mjs'
import { setUp } from './setup.mjs'

/** The runtimes of `.ci/run`; `npm run runtimes` runs all. */
const RUNTIMES = ['node 22', 'node 26', 'bun', 'deno', 'workerd 2024-09-23', 'workerd 2026-11-01']
/** Tests of programs in newer Nodes than this may be. */
const NEWER = 'packages/node/test/newer-node'
const ELSEWHERE = ['examples/bundlers', 'examples/installed', 'site', NEWER].map(
  (name) => `--exclude=${name}/**`,
)

/** Each suite: about how long it takes on two cores, what it needs, and its run, which gives a tally for each part. */
const suites = {
  core: { takes: '5 s', needs: [], run: () => vitest('packages/core') },
  browser: { takes: '5 s', needs: [], run: () => vitest('packages/browser') },
  node: { takes: '3 min', needs: ['httpbin', 'network'], run: () => vitest('packages/node', ...ELSEWHERE) },
  examples: { takes: '30 s', needs: ['httpbin', 'network'], run: () => vitest('examples', ...ELSEWHERE) },
  unit: { takes: '3 min', needs: ['httpbin', 'network'], run: () => vitest(...ELSEWHERE) },
  'unit:node20': unitOn('node 20'),
  'unit:node22': unitOn('node 22'),
  'unit:node24': unitOn('node 24'),
  'unit:node26': unitOn('node 26'),
  coverage: { takes: '6 min', needs: ['httpbin', 'network'], run: () => vitest('--coverage', ...ELSEWHERE) },
  check: { takes: '1 min', needs: [], run: () => command('check', 'scripts/check.mjs') },
  demo: {
    takes: '5 s',
    needs: ['chromium'],
    run: () => command('demo', 'scripts/demo.mjs', { leavesOut: !isProvided('chromium') }),
  },
  bundlers: { takes: '30 s', needs: ['chromium'], run: () => inChromium(() => vitest('examples/bundlers')) },
  installed: { takes: '2 min', needs: [], run: () => vitest('examples/installed') },
  fuzz: { takes: '40 s', needs: [], run: () => command('fuzz', 'scripts/fuzz.mjs') },
  runtimes: { takes: '1 min', needs: [], run: () => [...runtimes(...RUNTIMES), ...vitest(NEWER)] },
  docs: {
    takes: '2 min',
    needs: ['chromium'],
    run: () => [...command('docs', 'scripts/docs.mjs'), ...inChromium(() => vitest('site'))],
  },
  e2e: {
    takes: '4 min',
    needs: ['chromium', 'firefox', 'webkit', 'certificates'],
    run: () => playwright('chromium', 'firefox', 'webkit'),
  },
  'e2e:chromium': { takes: '2 min', needs: ['chromium', 'certificates'], run: () => playwright('chromium') },
}

const words = process.argv.slice(2).filter((word) => word !== '--no-system')
const names = words.length > 0 ? words : ['unit', 'e2e:chromium']
const unknown = names.filter((name) => !Object.hasOwn(suites, name))

if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(', ')} (there are ${Object.keys(suites).join(', ')})`)
  process.exitCode = 1
} else {
  console.log(`npm test: ${names.map((name) => `${name} (about ${suites[name].takes})`).join(', ')}`)
  const tallies = test(names.map((name) => suites[name]))
  console.log(`\n${tallies.map(summary).join('\n')}\n`)
  console.log(total(tallies))
  process.exitCode = add(tallies).failed > 0 ? 1 : 0
}

/** Runs a suite, unless it needs Chromium, which is not there and may not be installed. */
function inChromium(runSuite) {
  if (mayInstall || isProvided('chromium')) return runSuite()
  return [{ name: 'left out without Chromium', passed: 0, failed: 0, skipped: 1 }]
}

/** The unit tests in another version of Node, which is installed from npm. */
function unitOn(name) {
  const run = () => {
    installRuntimes([name])
    return vitestOn(programOf(name), ...ELSEWHERE)
  }
  return { takes: '4 min', needs: ['httpbin', 'network'], run }
}

function test(chosen) {
  try {
    const missing = setUp(...new Set(chosen.flatMap(({ needs }) => needs)))
    for (const line of missing) console.error(line)
    return leavingNothingBehind(() => chosen.flatMap(({ run }) => run()))
  } catch (error) {
    console.error(error.message)
    return [{ name: 'setup', passed: 0, failed: 1, skipped: 0 }]
  }
}
