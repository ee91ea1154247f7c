import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import { build as esbuild } from 'esbuild'
import { type Plugin, rollup } from 'rollup'
import { build as vite } from 'vite'
import { webpackBuild } from './webpack-build.js'

/** A bundle for Node, or for a page. */
export type Side = 'server' | 'client'

/** Bundles an entry for one side into a folder, as the bundler's own documentation has it; gives the file to run. */
export type Build = (side: Side, folder: string, entry?: string) => Promise<string>

/** Each bundler, told no more than whom the bundle is for. */
export const buildWith: Record<string, Build> = {
  esbuild: withEsbuild,
  'esbuild as ES modules': withEsbuildModules,
  rollup: withRollup,
  Vite: withVite,
  webpack: (side, folder, entry = side) =>
    webpackBuild({ entry: entryOf(entry), target: side === 'server' ? 'node20' : 'web', folder }),
  "webpack as Next's layers": (side, folder, entry = side) =>
    webpackBuild({ entry: entryOf(entry), folder, ...layers[side] }),
}

/** How Next.js sets its webpack: main fields by name, and the server's bundle as CommonJS with all it imports. */
const layers = {
  server: { target: 'node20.19', mainFields: ['main', 'module'], conditions: ['react-server', '...'] },
  client: { target: ['web', 'es2020'], mainFields: ['browser', 'module', 'main'], conditions: ['...'] },
}

/** Bundles the server's entry for what is neither Node nor a page, into a folder; gives an ES module. */
export type OtherBuild = (conditions: readonly string[], folder: string) => Promise<string>

/** Each bundler, told the conditions of a target, and without any where there are none. */
export const buildFor: Record<string, OtherBuild> = {
  async esbuild(conditions, folder) {
    const outfile = join(folder, 'other.mjs')
    const platform = conditions.length > 0 ? 'browser' : 'neutral' // wrangler's, too, is 'browser'
    await esbuild({
      entryPoints: [entryOf('server')],
      outfile,
      bundle: true,
      format: 'esm',
      platform,
      conditions: [...conditions],
      tsconfigRaw: {}, // the `paths` of the workspace lead to sources, past the conditions
    })
    return outfile
  },
  async rollup(conditions, folder) {
    const file = join(folder, 'other.mjs')
    const plugins = [nodeResolve({ exportConditions: [...conditions] })]
    const bundle = await rollup({ input: entryOf('server'), plugins })
    await bundle.write({ file })
    await bundle.close()
    return file
  },
  async Vite(conditions, folder) {
    const output = { entryFileNames: 'other.mjs' }
    await vite({
      configFile: false,
      logLevel: 'silent',
      build: { ssr: true, outDir: folder, rollupOptions: { input: entryOf('server'), output } },
      ssr: { noExternal: true, target: 'webworker', resolve: { conditions: [...conditions] } },
    })
    return join(folder, 'other.mjs')
  },
  webpack: (conditions, folder) =>
    webpackBuild({
      entry: entryOf('server'),
      target: 'es2022',
      folder,
      conditions: [...conditions, 'import'],
    }),
}

const entryOf = (entry: string): string => fileURLToPath(new URL(`project/${entry}.js`, import.meta.url))
const fileOf = (side: Side, folder: string, entry: string): string =>
  join(folder, `${entry}.${side === 'server' ? 'cjs' : 'js'}`)

async function withEsbuild(side: Side, folder: string, entry: string = side): Promise<string> {
  const outfile = fileOf(side, folder, entry)
  const forSide = side === 'server' ? ({ platform: 'node' } as const) : ({ format: 'esm' } as const)
  await esbuild({ entryPoints: [entryOf(entry)], outfile, bundle: true, logLevel: 'silent', ...forSide })
  return outfile
}

async function withEsbuildModules(side: Side, folder: string, entry: string = side): Promise<string> {
  const outfile = join(folder, `${entry}.mjs`)
  const platform = side === 'server' ? 'node' : 'browser'
  await esbuild({ entryPoints: [entryOf(entry)], outfile, bundle: true, format: 'esm', platform })
  return outfile
}

async function withRollup(side: Side, folder: string, entry: string = side): Promise<string> {
  const file = join(folder, `${entry}.${side === 'server' ? 'mjs' : 'js'}`)
  const forServer = [registryOutside, nodeResolve({ exportConditions: ['node'], preferBuiltins: true })]
  const bundle = await rollup({
    input: entryOf(entry),
    plugins: side === 'server' ? forServer : [nodeResolve({ browser: true })],
  })
  await bundle.write({ file })
  await bundle.close()
  return file
}

/** What a server's bundle imports from the registry stays where it is, as is usual with rollup. */
const registryOutside: Plugin = {
  name: 'registry-outside',
  resolveId(id, importer) {
    const isFromRegistry = /^[a-z]/.test(id) && !/^node:|^session-fetch/.test(id)
    if (importer === undefined || !isFromRegistry) return null
    return { id: createRequire(importer).resolve(id), external: 'absolute' }
  },
}

async function withVite(side: Side, folder: string, entry: string = side): Promise<string> {
  const file = fileOf(side, folder, entry)
  const output = { entryFileNames: basename(file), format: side === 'server' ? 'cjs' : 'es' } as const
  await vite({
    configFile: false,
    logLevel: 'silent',
    build: { ssr: side === 'server', outDir: folder, rollupOptions: { input: entryOf(entry), output } },
    ssr: { noExternal: true },
  })
  return file
}
