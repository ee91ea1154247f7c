// node scripts/check-modules.mjs: the modules of each package are reached from its entries, import each other in one
// direction, types included, and stand in folders ("rooms") that depend on each other in the order given below. Of other
// packages they import the entries given below, and they name what they export of them.
import { readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './lib/run.mjs'
import { packageFolders } from './lib/workspace.mjs'

/** The most modules in one folder. */
const MOST_IN_A_ROOM = 15
/** The folders under `src`, top to bottom: a module imports from its own folder and from the ones after it. */
const ROOMS = {
  core: words('session layers call auth response request model'),
  node: words(`session transports http2 http1 bodies netrc connect download cookies files base`),
  cookies: words('store formats jar rules'),
  portable: words('session fetch'),
  browser: words('page'),
  'session-fetch': [],
}
/** The entries of our other packages that a package may import. */
const IMPORTS = {
  core: /(?!)/,
  cookies: /^@session-fetch\/core(?:\/adapter)?$/,
  node: /^@session-fetch\/(?:core|cookies)(?:\/adapter)?$/,
  portable: /^@session-fetch\/(?:core(?:\/adapter)?|cookies)$/,
  browser: /^@session-fetch\/core(?:\/adapter)?$/,
  'session-fetch': /^@session-fetch\/(?:core|node|portable|browser)(?:\/(?!adapter$)[\w-]+)?$/,
}
const IMPORT = /\bfrom '(\.{1,2}\/[^']+)\.js'|\bimport\('(\.{1,2}\/[^']+)\.js'\)/g
const OUTSIDE =
  /(?<all>\bexport (?:type )?\* (?:as \w+ )?)?(?:\bfrom |\bimport(?: |\())'(?<name>[^.'][^']*)'/g
const OURS = /^(?:@session-fetch\/|session-fetch(?:\/|$))/

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const faults = packageFolders().flatMap((folder) => {
    const name = basename(folder)
    return faultsOf(folder, ROOMS[name] ?? [], IMPORTS[name])
  })
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length > 0 ? 1 : 0
}

/**
 * The violations in the modules of a package, a line each.
 *
 * @param {string} folder the package's
 * @param {string[]} rooms its folders under `src`, top to bottom
 * @param {RegExp} imports the entries of our other packages that it may import. Default: none
 */
export function faultsOf(folder, rooms, imports = /(?!)/) {
  const src = join(folder, 'src')
  const modules = new Map(modulesIn(src).map((file) => [file, importsOf(file)]))
  const entries = [...modules.keys()].filter((file) => dirname(file) === src || isSubstitute(file, modules))
  return [
    ...unreached(modules, entries),
    ...wrongArrows(modules, src, rooms),
    ...cycles(modules),
    ...crowded(modules, src),
    ...[...modules.keys()].flatMap((file) => wrongImports(file, src, imports)),
  ]
}

/** Whether a build puts this module in the place of another: `no-checks.ts` in that of `checks.ts`. */
function isSubstitute(file, modules) {
  return modules.has(file.replace(`${sep}no-`, sep)) && basename(file).startsWith('no-')
}

function words(text) {
  return text.split(' ')
}

function modulesIn(src) {
  const files = readdirSync(src, { recursive: true }).map((name) => join(src, name))
  return files.filter((file) => /(?<!\.test|\.d)\.ts$/.test(file)).sort()
}

function importsOf(file) {
  const source = readFileSync(file, 'utf8')
  return Array.from(source.matchAll(IMPORT), ([, from, loaded]) =>
    join(dirname(file), `${from ?? loaded}.ts`),
  )
}

function unreached(modules, entries) {
  const reached = new Set(entries)
  for (const file of reached) for (const imported of modules.get(file) ?? []) reached.add(imported)
  const lost = [...modules.keys()].filter((file) => !reached.has(file))
  return lost.map((file) => `${named(file)} is imported by nothing`)
}

function wrongArrows(modules, src, rooms) {
  const room = (file) => relative(src, dirname(file))
  return [...modules].flatMap(([file, imports]) => {
    if (room(file) === '') return []
    if (!rooms.includes(room(file))) return [`${named(file)} is in no room of scripts/check-modules.mjs`]
    const upward = imports.filter((to) => rooms.indexOf(room(to)) < rooms.indexOf(room(file)))
    return upward.map((to) => `${named(file)} imports ${named(to)}, from a room above its own`)
  })
}

/** One line for each import cycle: its shortest path. */
function cycles(modules) {
  const found = new Map()
  for (const file of modules.keys()) {
    const way = wayBack(modules, file)
    const key = way?.toSorted().join()
    if (way && !found.has(key)) found.set(key, `cycle: ${[...way, file].map(named).join(' → ')}`)
  }
  return [...found.values()]
}

function wayBack(modules, start) {
  const ways = new Map([[start, [start]]])
  for (const [file, way] of ways) {
    for (const next of modules.get(file) ?? []) {
      if (next === start) return way
      if (!ways.has(next)) ways.set(next, [...way, next])
    }
  }
  return undefined
}

function crowded(modules, src) {
  return [...byFolder([...modules.keys()])]
    .filter(([folder, files]) => folder !== src && files.length > MOST_IN_A_ROOM)
    .map(([folder, files]) => `${named(folder)} holds ${files.length} modules; ${MOST_IN_A_ROOM} is the most`)
}

/** Imports of our other packages that go past their entries, and exports of another package that name nothing. */
function wrongImports(file, src, allowed) {
  const outside = Array.from(readFileSync(file, 'utf8').matchAll(OUTSIDE), ({ groups }) => groups)
  return [
    ...importsOf(file)
      .filter((to) => relative(src, to).startsWith('..'))
      .map((to) => `${named(file)} imports ${named(to)}, a file of another package`),
    ...outside
      .filter(({ name }) => OURS.test(name) && !allowed.test(name))
      .map(({ name }) => `${named(file)} imports ${name}, which is no entry for this package`),
    ...outside
      .filter(({ all }) => all)
      .map(({ name }) => `${named(file)} exports everything of ${name}: list the names`),
  ]
}

function byFolder(files) {
  const folders = new Map()
  for (const file of files) folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), file])
  return folders
}

function named(file) {
  return relative(root, file).split(sep).join('/')
}
