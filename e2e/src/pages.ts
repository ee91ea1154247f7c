import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { ContractServerOptions } from '@session-fetch/test-support/contract-server'
import { build } from 'esbuild'

/**
 * What the test sites serve: the pages of this package, the contract, and the library's one self-contained file, of
 * the development build and under `/default/` of the default one.
 */
export async function testPages(): Promise<NonNullable<ContractServerOptions['pages']>> {
  const contract = script(await bundled(pathOf('@session-fetch/test-support/contract')))
  return {
    '/contract': html(await page('contract.html')),
    '/default/contract': html(await page('contract.html')),
    '/frame': html(
      '<!doctype html><title>A frame</title><script type="module" src="log-in-flow.js"></script>',
    ),
    '/library': html(await page('library.html')),
    '/log-in': html(await page('log-in.html')),
    '/log-in-flow.js': script(await page('log-in-flow.js')),
    '/session-worker.js': script(await page('session-worker.js')),
    '/session-fetch.js': script(await library('session-fetch.development.js')),
    '/default/session-fetch.js': script(await library('session-fetch.js')),
    '/contract.js': contract,
    '/default/contract.js': contract,
  }
}

const html = (body: string) => ({ type: 'text/html;charset=UTF-8', body })
const script = (body: string) => ({ type: 'text/javascript;charset=UTF-8', body })

const page = (name: string): Promise<string> => readFile(new URL(`../pages/${name}`, import.meta.url), 'utf8')

const library = (file: string): Promise<string> => readFile(pathOf(`session-fetch/${file}`), 'utf8')

const pathOf = (specifier: string): string => fileURLToPath(import.meta.resolve(specifier))

/** The contract suite is TypeScript in many files; a page takes one script. */
async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return outputFiles.map(({ text }) => text).join('')
}
