import { existsSync } from 'node:fs'
import { build as esbuild } from 'esbuild'
import { root } from './run.mjs'

/**
 * What each source module adds to the minified bundle of a program for a page, biggest first. It is bundled from
 * the sources, so nothing has to be built.
 *
 * @param {string} code
 * @param {import('./size-programs.mjs').Build} build
 * @returns {Promise<{ text: string, modules: { file: string, bytes: number }[] }>} `text` is the bundle
 */
export async function modulesOf(code, build) {
  const { metafile, outputFiles } = await esbuild({
    stdin: { contents: code, resolveDir: root, sourcefile: 'the program itself' },
    bundle: true,
    minify: true,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    write: false,
    outfile: 'bundle.js',
    absWorkingDir: root,
    plugins: build === 'development' ? [fromSources] : [fromSources, withoutChecks],
  })
  const [output] = Object.values(metafile.outputs)
  const modules = Object.entries(output.inputs).map(([file, { bytesInOutput }]) => ({
    file,
    bytes: bytesInOutput,
  }))
  return { text: outputFiles[0].text, modules: modules.sort((one, other) => other.bytes - one.bytes) }
}

/** Our own packages as the sources of their browser builds. */
const fromSources = {
  name: 'from-sources',
  setup({ onResolve }) {
    onResolve({ filter: /^(?:@session-fetch\/|session-fetch(?:\/|$))/ }, ({ path }) => ({
      path: sourceOf(path),
    }))
  },
}

/** The default build's module in the place of the development build's, as in rollup.config.mjs. */
const withoutChecks = {
  name: 'without-checks',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/checks\.js$/ }, ({ resolveDir }) => {
      const path = `${resolveDir}/no-checks.ts`
      return existsSync(path) ? { path } : undefined
    })
  },
}

function sourceOf(specifier) {
  const [, name, entry] = /^(?:@session-fetch\/)?([^/]+)(?:\/(.+))?$/.exec(specifier) ?? []
  const file = `${root}packages/${name}/src/${entry ?? (name === 'session-fetch' ? 'browser' : 'index')}.ts`
  if (!existsSync(file)) throw new Error(`no source for ${specifier}`)
  return file
}
