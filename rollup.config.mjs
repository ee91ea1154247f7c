import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import dts from 'rollup-plugin-dts'

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

/** Takes the named sibling packages into the bundle instead of importing them. */
const inline = (...names) => ({
  name: 'inline-siblings',
  resolveId(id) {
    const name = names.find((sibling) => id === `@session-fetch/${sibling}`)
    return name === undefined ? null : at(`packages/${name}/lib/index.js`)
  },
})

const external = (id) => !id.startsWith('.') && !id.startsWith('/')

/** One published entry: an ES module with its map, and its bundled types. */
function entry(folder, name = 'index') {
  const [from, to] = [`packages/${folder}/lib/${name}`, `packages/${folder}/dist/${name}`]
  return [
    {
      input: `${from}.js`,
      external,
      plugins: [compilerMaps()],
      output: { file: `${to}.js`, format: 'es', sourcemap: true },
    },
    { input: `${from}.d.ts`, external, plugins: [dts()], output: { file: `${to}.d.ts`, format: 'es' } },
  ]
}

/** The browser build as one file that a page imports with <script type="module"> and no bundler. */
const selfContained = {
  input: 'packages/browser/lib/index.js',
  plugins: [inline('core'), compilerMaps()],
  output: ['browser', 'session-fetch'].map((folder) => ({
    file: `packages/${folder}/dist/session-fetch.js`,
    format: 'es',
    sourcemap: true,
  })),
}

export default [
  ...entry('core'),
  ...entry('browser'),
  ...entry('node'),
  ...['node', 'browser', 'core'].flatMap((name) => entry('session-fetch', name)),
  selfContained,
]
