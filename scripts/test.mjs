// npm test [-- suite …]: sets up, runs the suites, and adds everything up. The last line is the total. Without a
// name it runs the units, and the browser tests in one engine; `e2e` runs those in all three.
import { command } from './lib/command-suite.mjs'
import { leavingNothingBehind } from './lib/left-behind.mjs'
import { playwright } from './lib/playwright-suite.mjs'
import { add, summary, total } from './lib/tally.mjs'
import { vitest } from './lib/vitest-suite.mjs'
import { setUp } from './setup.mjs'

/** Each suite runs its tests and gives back one tally for each part of it. */
const suites = {
  check: { needs: [], run: () => command('check', 'scripts/check.mjs') },
  demo: { needs: ['chromium'], run: () => command('demo', 'scripts/demo.mjs') },
  unit: { needs: ['httpbin', 'network'], run: () => vitest('--exclude=examples/bundlers/**') },
  coverage: {
    needs: ['httpbin', 'network'],
    run: () => vitest('--coverage', '--exclude=examples/bundlers/**'),
  },
  bundlers: { needs: ['chromium'], run: () => vitest('examples/bundlers') },
  e2e: {
    needs: ['chromium', 'firefox', 'webkit', 'certificates'],
    run: () => playwright('chromium', 'firefox', 'webkit'),
  },
  'e2e:chromium': { needs: ['chromium', 'certificates'], run: () => playwright('chromium') },
}

const names = process.argv.length > 2 ? process.argv.slice(2) : ['unit', 'e2e:chromium']
const unknown = names.filter((name) => !Object.hasOwn(suites, name))

if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(', ')} (there are ${Object.keys(suites).join(', ')})`)
  process.exitCode = 1
} else {
  const tallies = test(names.map((name) => suites[name]))
  console.log(`\n${tallies.map(summary).join('\n')}\n`)
  console.log(total(tallies))
  process.exitCode = add(tallies).failed > 0 ? 1 : 0
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
