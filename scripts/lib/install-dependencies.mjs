import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm } from './pnpm.mjs'
import { root, run } from './run.mjs'
import { slowly } from './slowly.mjs'
import { manifest, workspaceFolders } from './workspace.mjs'

const stamp = join(root, 'node_modules', '.session-fetch-install')

/** Installs what the lockfile names, unless exactly that is installed already. */
export function installDependencies() {
  const wanted = fingerprint()
  if (isInstalled(wanted)) return
  slowly('installing dependencies into node_modules (about a minute)', () =>
    run('npx', ['--yes', pnpm, 'install', '--frozen-lockfile']),
  )
  writeFileSync(stamp, wanted)
}

function isInstalled(wanted) {
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) return false
  return workspaceFolders().every(
    (folder) => !hasDependencies(folder) || existsSync(join(folder, 'node_modules')),
  )
}

function hasDependencies(folder) {
  const { dependencies = {}, devDependencies = {} } = manifest(folder)
  return Object.keys({ ...dependencies, ...devDependencies }).length > 0
}

/** One hash over everything that determines what is installed. */
function fingerprint() {
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml'].map((name) => join(root, name))
  const manifests = workspaceFolders().map((folder) => join(folder, 'package.json'))
  const hash = createHash('sha256')
  for (const file of [...files, ...manifests]) {
    hash.update(file.slice(root.length)).update(existsSync(file) ? readFileSync(file) : 'none')
  }
  return hash.digest('hex')
}
