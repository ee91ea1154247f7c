import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { dts } from 'rollup-plugin-dts'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

/** Loads the map that the compiler wrote beside each module, so that bundles map back to the TypeScript. */
const compilerMaps = () => ({
  name: 'compiler-maps',
  load(id) {
    if (!id.endsWith('.js') || !existsSync(`${id}.map`)) return null
    const code = readFileSync(id, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
    return { code, map: JSON.parse(readFileSync(`${id}.map`, 'utf8')) }
  },
})

/** Puts a package's version in the place of its package.json. */
const versions = () => ({
  name: 'versions',
  load(id) {
    if (!id.endsWith('/package.json')) return null
    const { version } = JSON.parse(readFileSync(id, 'utf8'))
    return `export default { version: ${JSON.stringify(version)} }`
  },
})

/** Types that name `Symbol.asyncDispose` bring the library that declares it; the compiler drops such a line. */
const withDisposable = () => ({
  name: 'with-disposable',
  renderChunk: (code) =>
    code.includes('Symbol.asyncDispose') ? `/// <reference lib="esnext.disposable" />\n${code}` : null,
})

/** Takes the named sibling packages into the bundle instead of importing them. */
const inline = (...names) => ({
  name: 'inline-siblings',
  resolveId(id) {
    const [, name, entry = 'index'] = /^@session-fetch\/([^/]+)(?:\/(.+))?$/.exec(id) ?? []
    return names.includes(name) ? at(`packages/${name}/lib/${entry}.js`) : null
  },
})

/**
 * Puts `no-checks.js` in the place of the `checks.js` beside it: the default build for pages, without the checks of
 * what a developer may have written wrong (docs/decisions/027).
 */
const withoutChecks = () => ({
  name: 'without-checks',
  resolveId(id, importer = '') {
    const unchecked = new URL('no-checks.js', pathToFileURL(importer))
    return id === './checks.js' && existsSync(unchecked) ? fileURLToPath(unchecked) : null
  },
})

/** Removes what an earlier build left in `dist` and this one has not written. Part of the last build. */
const withoutLeftovers = (since = Date.now()) => ({
  name: 'without-leftovers',
  closeBundle() {
    for (const folder of readdirSync(at('packages')).map((name) => at(`packages/${name}/dist`))) {
      if (!existsSync(folder)) continue
      for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
        const file = join(entry.parentPath, entry.name)
        if (entry.isFile() && statSync(file).mtimeMs < since) rmSync(file)
      }
    }
  },
})

const external = (id) => !id.startsWith('.') && !id.startsWith('/')

/** The entries of a package by their modules in `src`: what its `exports` and `imports` have under the condition `source`. */
function entryNames(folder) {
  const { exports, imports } = JSON.parse(readFileSync(at(`packages/${folder}/package.json`), 'utf8'))
  const sources = JSON.stringify([exports, imports]).matchAll(/"source":"\.\/src\/([\w-]+)\.ts"/g)
  return [...new Set(Array.from(sources, ([, name]) => name))].filter((name) => name !== 'page') // see selfContained
}

/**
 * The published entries of a package: ES modules with their maps, and their bundled types. What several of
 * them use is in one shared file, so that a class is the same in each.
 */
function entries(folder) {
  const names = entryNames(folder)
  const input = (suffix) =>
    Object.fromEntries(names.map((name) => [name, `packages/${folder}/lib/${name}${suffix}`]))
  const output = (suffix) => ({
    dir: `packages/${folder}/dist`,
    entryFileNames: `[name]${suffix}`,
    chunkFileNames: `shared${suffix}`,
    hoistTransitiveImports: false,
    format: 'es',
  })
  return [
    {
      input: input('.js'),
      external,
      plugins: [compilerMaps(), versions()],
      output: { ...output('.js'), sourcemap: true },
    },
    { input: input('.d.ts'), external, plugins: [dts(), withDisposable()], output: output('.d.ts') },
  ]
}

/** The entries of the browser package: the default build, and with all checks the one of the `development` condition. */
function browserEntries() {
  const [development, types] = entries('browser')
  const dir = `${development.output.dir}/development`
  return [
    { ...development, plugins: [withoutChecks(), ...development.plugins] },
    { ...development, output: { ...development.output, dir } },
    types,
  ]
}

/** All that the entries hold in one of them, but for what is chosen by a condition: Node takes a millisecond for each file. */
const inOneFile = (build) => ({
  ...build,
  output: { ...build.output, manualChunks: (id) => (/\/lib\/tough[\w-]*\.js$/.test(id) ? undefined : 'all') },
})

/** The entries of a package that Node loads. */
function nodeEntries(folder) {
  const [ours, types] = entries(folder)
  return [inOneFile(ours), types]
}

/** The entries of core for pages, and once more for Node, which alone sets `module-sync` without `module`. */
function coreEntries() {
  const [ours, types] = entries('core')
  const forNode = inOneFile(ours)
  return [ours, { ...forNode, output: { ...forNode.output, dir: `${ours.output.dir}/node` } }, types]
}

/** A browser build as one file that a page imports with <script type="module"> and no bundler. */
const selfContained = (file, ...plugins) => ({
  input: 'packages/session-fetch/lib/page.js',
  plugins: [...plugins, inline('core', 'browser'), compilerMaps()],
  output: { file: `packages/session-fetch/dist/${file}`, format: 'es', sourcemap: true },
})

/** Its types, which bundlers' users have from the entries. */
const selfContainedTypes = {
  input: 'packages/session-fetch/lib/page.d.ts',
  external,
  plugins: [dts(), withoutLeftovers()],
  output: { file: 'packages/session-fetch/dist/session-fetch.d.ts', format: 'es' },
}

export default [
  ...coreEntries(),
  ...nodeEntries('cookies'),
  ...browserEntries(),
  ...nodeEntries('node'),
  ...entries('portable'),
  ...entries('session-fetch'),
  selfContained('session-fetch.js', withoutChecks()),
  selfContained('session-fetch.development.js'),
  selfContainedTypes,
]
