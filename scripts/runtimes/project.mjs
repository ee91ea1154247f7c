import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { pathWithPnpm } from '../lib/pnpm.mjs'
import { root, run } from '../lib/run.mjs'
import { manifest, packageFolders } from '../lib/workspace.mjs'
import { programOf } from './install.mjs'
import { MARK } from './run-in.mjs'

const at = (path) => join(root, 'scripts/runtimes', path)

/**
 * Packs the packages, and installs the tarballs into an empty project as a user would.
 *
 * @param {string} folder the project's
 */
export function installPackages(folder) {
  const tarballs = join(folder, 'tarballs')
  mkdirSync(tarballs)
  const env = { PATH: pathWithPnpm() }
  for (const cwd of packageFolders())
    must(run('pnpm', ['pack', '--pack-destination', tarballs], { cwd, env }))
  const names = packageFolders().map((packageFolder) => manifest(packageFolder).name)
  const file = (name) =>
    readdirSync(tarballs).find((one) =>
      one.startsWith(`${name.replace(/^@|\//g, (c) => (c === '/' ? '-' : ''))}-`),
    )
  const dependencies = Object.fromEntries(names.map((name) => [name, `file:tarballs/${file(name)}`]))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies, overrides: dependencies }),
  )
  must(run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock'], { cwd: folder }))
}

/** The contract's server as a module that Node 20 can load. */
export async function loadContractServer(folder) {
  const outfile = join(folder, 'contract-server.mjs')
  const entryPoints = [join(root, 'test-support/src/contract-server.ts')]
  await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node' })
  return import(pathToFileURL(outfile).href)
}

/**
 * Writes the program that puts an entry to the suite, and gives its path.
 *
 * @param {string} folder the project's
 * @param {{ entry: string, urls: object, conditions?: string[] }} what `conditions`: of a bundle that holds the
 *   package, too; otherwise the runtime resolves it
 */
export async function writeProgram(folder, { entry, urls, conditions }) {
  const kind = conditions?.[0] ?? 'plain'
  const name = `${entry.replace(/\W+/g, '-')}-${kind}`
  const source = join(folder, `${name}.source.mjs`)
  writeFileSync(source, kind === 'workerd' ? workerOf(entry, urls) : scriptOf(entry, urls))
  const outfile = join(folder, `${name}.mjs`)
  const bundling = conditions
    ? { conditions, platform: 'browser' }
    : { external: ['session-fetch', 'session-fetch/*'] }
  const format = kind === 'edge-light' ? 'iife' : 'esm'
  await build({ entryPoints: [source], outfile, bundle: true, format, target: 'es2022', ...bundling })
  return kind === 'workerd' ? basename(outfile) : outfile
}

function scriptOf(entry, urls) {
  return `import * as library from '${entry}'
import { runSuite } from '${at('suite.ts')}'
runSuite(library, ${JSON.stringify(urls)}).then((outcomes) => console.log('${MARK}' + JSON.stringify(outcomes)))
`
}

function workerOf(entry, urls) {
  return `import * as library from '${entry}'
import { runSuite } from '${at('suite.ts')}'
export default {
  fetch: async () => new Response('${MARK}' + JSON.stringify(await runSuite(library, ${JSON.stringify(urls)}))),
}
`
}

/** A program of Node's that runs a bundle in edge-runtime, whose console is Node's. */
export function writeEdgeRunner(folder) {
  writeFileSync(
    join(folder, 'edge.mjs'),
    `import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
const { EdgeRuntime } = createRequire('${programOf('edge-runtime')}/')('edge-runtime')
new EdgeRuntime().evaluate(readFileSync(process.argv[2], 'utf8'))
`,
  )
}

function must({ ok, output }) {
  if (!ok) throw new Error(output)
}
