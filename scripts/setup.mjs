// npm run setup [-- chromium firefox … --no-system]: everything the other commands need, and what is named of the system (see
// lib/system-needs.mjs; `--no-system` installs nothing there). Costs nothing when all is there.
import { fileURLToPath } from 'node:url'
import { buildPackages } from './lib/build-packages.mjs'
import { installDependencies } from './lib/install-dependencies.mjs'
import { provide } from './lib/system-needs.mjs'

/**
 * Installs the dependencies, builds the packages, and provides what is needed from the system.
 *
 * @param {...import('./lib/system-needs.mjs').Need} needs
 * @returns {string[]} one line for each need that could not be met
 * @throws {Error} with the output of the step that failed
 */
export function setUp(...needs) {
  installDependencies()
  buildPackages()
  return provide(needs)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const missing = setUp(...process.argv.slice(2).filter((word) => word !== '--no-system'))
    for (const line of missing) console.error(line)
    if (missing.length === 0) console.log('setup: everything is in place')
    process.exitCode = missing.length > 0 ? 1 : 0
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
