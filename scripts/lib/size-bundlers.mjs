import { nodeResolve } from '@rollup/plugin-node-resolve'
import { build as esbuild, transform } from 'esbuild'
import { rollup } from 'rollup'
import { root } from './run.mjs'

/** The folder from which a program's imports are resolved: the one workspace package that has the peers too. */
const user = `${root}bench/`
const target = 'es2022'

/** Both bundlers, each a function from a program, and the build of our code that it takes, to its minified bundle. */
export const bundlers = { esbuild: withEsbuild, rollup: withRollup }

/**
 * @param {string} code
 * @param {import('./size-programs.mjs').Build} build
 */
async function withEsbuild(code, build) {
  const { outputFiles } = await esbuild({
    stdin: { contents: code, resolveDir: user },
    bundle: true,
    tsconfigRaw: {}, // else the workspace's own `paths` lead to the sources, and past the conditions
    minify: true,
    platform: build === 'node' ? 'node' : 'browser',
    conditions: conditionsOf(build),
    external: externalOf(build),
    format: 'esm',
    target,
    legalComments: 'none',
    write: false,
  })
  return outputFiles.map(({ text }) => text).join('')
}

/** Rollup does not minify; esbuild does it for the bundle. */
async function withRollup(code, build) {
  const bundle = await rollup({
    input: 'program',
    external: externalOf(build),
    plugins: [
      programFrom(code),
      nodeResolve({ browser: build !== 'node', exportConditions: conditionsOf(build) }),
    ],
    onLog: (_level, log) => {
      throw new Error(log.message)
    },
  })
  const { output } = await bundle.generate({ format: 'es' })
  await bundle.close()
  return minify(output.map((chunk) => chunk.code).join(''))
}

/** The condition in `exports` that selects the build. */
function conditionsOf(build) {
  if (build.startsWith('worker')) return ['workerd', 'worker']
  if (build === 'node') return ['node']
  return build === 'development' ? ['development'] : []
}

/** What is excluded from the bundle, to measure the rest. */
function externalOf(build) {
  if (build === 'node') return ['cross-fetch'] // which a program needs only for an http.Agent
  return build === 'worker, ours' ? ['tough-cookie'] : []
}

/** A module as served to a page. */
export async function minify(code) {
  const { code: small } = await transform(code, {
    minify: true,
    target,
    format: 'esm',
    legalComments: 'none',
  })
  return small
}

/** A module named `program` in the user's folder. */
function programFrom(code) {
  const id = `${user}program.js`
  return {
    name: 'program',
    resolveId: (name) => (name === 'program' ? id : null),
    load: (name) => (name === id ? code : null),
  }
}
