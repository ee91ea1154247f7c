import { nodeResolve } from '@rollup/plugin-node-resolve'
import { build, transform } from 'esbuild'
import { rollup } from 'rollup'
import { root } from './run.mjs'

/** The folder from which a program's imports are resolved: the one workspace package that has the peers too. */
const user = `${root}bench/`
const target = 'es2022'

/** Both bundlers, each a function from a program for a page to its minified bundle. */
export const bundlers = { esbuild: withEsbuild, rollup: withRollup }

/** @param {string} code */
async function withEsbuild(code) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: user },
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target,
    legalComments: 'none',
    write: false,
  })
  return outputFiles.map(({ text }) => text).join('')
}

/** Rollup does not minify; esbuild does it for the bundle. */
async function withRollup(code) {
  const bundle = await rollup({
    input: 'program',
    plugins: [programFrom(code), nodeResolve({ browser: true })],
    onLog: (_level, log) => {
      throw new Error(log.message)
    },
  })
  const { output } = await bundle.generate({ format: 'es' })
  await bundle.close()
  return minify(output.map((chunk) => chunk.code).join(''))
}

/** A module as a page would be served it. */
export async function minify(code) {
  const { code: small } = await transform(code, {
    minify: true,
    target,
    format: 'esm',
    legalComments: 'none',
  })
  return small
}

/** A module named `program` that stands in the user's folder. */
function programFrom(code) {
  const id = `${user}program.js`
  return {
    name: 'program',
    resolveId: (name) => (name === 'program' ? id : null),
    load: (name) => (name === id ? code : null),
  }
}
