import { join } from 'node:path'
import { manifest, packageFolders } from './workspace.mjs'

/**
 * A file of types that users import: what it is imported as, and its path.
 *
 * @typedef {{ names: string[], types: string }} Entry
 */

/**
 * The entries of all published packages, each file once. A package comes after the ones it is made of.
 *
 * @returns {Entry[]}
 */
export function publicEntries() {
  const folders = packageFolders().sort((one, other) => dependencies(one) - dependencies(other))
  return folders.flatMap(entriesOf)
}

function dependencies(folder) {
  return Object.keys(manifest(folder).dependencies ?? {}).filter((name) => name.startsWith('@session-fetch/'))
    .length
}

function entriesOf(folder) {
  const { name, exports } = manifest(folder)
  const found = new Map()
  for (const [path, target] of Object.entries(exports)) {
    const branches = typesByCondition(target)
    const files = new Set(branches.map(([, file]) => file))
    for (const file of files) {
      const conditions = branches.filter(([, each]) => each === file).map(([condition]) => condition)
      const shown = files.size > 1 ? ` (${[...new Set(conditions)].join(', ')})` : ''
      found.set(file, [...(found.get(file) ?? []), `\`${name}${path.slice(1)}\`${shown}`])
    }
  }
  return Array.from(found, ([file, names]) => ({ names, types: join(folder, file) }))
}

/** The files of types that a target of `exports` leads to, each with the outermost condition on the way there. */
function typesByCondition(target) {
  if (typeof target !== 'object' || target === null) return []
  return Object.entries(target).flatMap(([condition, next]) => {
    if (condition === 'types' && typeof next === 'string') return [['types', next]]
    return typesByCondition(next).map(([, file]) => [condition, file])
  })
}
