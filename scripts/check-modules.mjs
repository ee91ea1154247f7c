// node scripts/check-modules.mjs: every module of a package is reached from one of its entries, the files in `src` itself.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './lib/run.mjs'
import { packageFolders } from './lib/workspace.mjs'

const IMPORT = /\bfrom '(\.{1,2}\/[^']+)\.js'/g
const lost = packageFolders().flatMap(lostModules)
for (const file of lost) console.error(`${relative(root, file)} is imported by nothing`)
process.exitCode = lost.length > 0 ? 1 : 0

function lostModules(folder) {
  const src = join(folder, 'src')
  const files = readdirSync(src, { recursive: true }).map((name) => join(src, name))
  const modules = files.filter((file) => /(?<!\.test|\.d)\.ts$/.test(file))
  const entries = modules.filter((file) => dirname(file) === src)
  const reached = new Set(entries)
  for (const file of reached) for (const imported of importsOf(file)) reached.add(imported)
  return modules.filter((file) => !reached.has(file))
}

function importsOf(file) {
  const source = readFileSync(file, 'utf8')
  return Array.from(source.matchAll(IMPORT), ([, path]) => join(dirname(file), `${path}.ts`))
}
