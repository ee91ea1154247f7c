import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './run.mjs'

/** The folders that hold a package.json: the root, its own sub-folders, and those under packages/. */
export function workspaceFolders() {
  const candidates = [root, ...subfolders(root), ...subfolders(join(root, 'packages'))]
  return candidates.filter((folder) => existsSync(join(folder, 'package.json')))
}

/** The published packages' folders. */
export function packageFolders() {
  return workspaceFolders().filter((folder) => folder.startsWith(join(root, 'packages/')))
}

/** The package.json of a folder. */
export function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

function subfolders(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name))
}
