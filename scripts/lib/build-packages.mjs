import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './run.mjs'
import { slowly } from './slowly.mjs'
import { manifest, packageFolders } from './workspace.mjs'

/** Builds the packages, unless what they export is newer than every source. */
export function buildPackages() {
  if (oldestOutput() > newestSource()) return
  slowly('building the packages (about 15 s)', () => run('npm', ['run', '--silent', 'build']))
}

/** When the oldest exported file was written; 0 where one is missing. */
function oldestOutput() {
  const outputs = packageFolders().flatMap((folder) =>
    exportedFiles(manifest(folder).exports).map((file) => join(folder, file)),
  )
  return Math.min(...outputs.map((file) => (existsSync(file) ? statSync(file).mtimeMs : 0)))
}

/** Every built file that an `exports` tree names. */
function exportedFiles(tree) {
  if (typeof tree === 'string') return tree.startsWith('./dist/') ? [tree] : []
  return Object.values(tree ?? {}).flatMap(exportedFiles)
}

/** When anything the build reads was last changed. Folders count, so that a removed file is noticed. */
function newestSource() {
  const settings = ['package.json', 'rollup.config.mjs', 'tsconfig.json', 'tsconfig.base.json'].map((name) =>
    join(root, name),
  )
  const sources = packageFolders().flatMap((folder) => [
    join(folder, 'package.json'),
    join(folder, 'tsconfig.json'),
    ...filesUnder(join(folder, 'src')),
  ])
  return Math.max(...[...settings, ...sources].filter(existsSync).map((file) => statSync(file).mtimeMs))
}

function filesUnder(folder) {
  if (!existsSync(folder)) return []
  const below = readdirSync(folder, { withFileTypes: true, recursive: true })
  return [folder, ...below.filter(isBuilt).map((entry) => join(entry.parentPath, entry.name))]
}

function isBuilt(entry) {
  return !entry.name.endsWith('.test.ts')
}
