import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { type ContractServer, startContractServer } from '@session-fetch/test-support/contract-server'
import { type Httpbin, startHttpbin } from '@session-fetch/test-support/httpbin'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const DOCUMENTS = [
  'README.md',
  'docs/guide.md',
  'docs/testing.md',
  'docs/start.md',
  'docs/logging-in.md',
  'packages/cookies/README.md',
  ...readdirSync(new URL('../docs/laws', import.meta.url)).map((name) => `docs/laws/${name}`),
]

let httpbin: Httpbin
let shop: ContractServer
let folder: string

beforeAll(async () => {
  ;[httpbin, shop] = await Promise.all([startHttpbin(), startContractServer()])
  folder = await mkdtemp(fileURLToPath(new URL('../.documents-', import.meta.url))) // where our packages are found
})

afterAll(async () => {
  await Promise.all([httpbin.close(), shop.close()])
  await rm(folder, { recursive: true })
})

describe.each(DOCUMENTS)('%s', async (path) => {
  const text = await readFile(new URL(`../${path}`, import.meta.url), 'utf8')
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)

  it.each(blocks.map((code, index) => [index + 1, code] as const))(
    'block %i prints what it says',
    async (index, code) => {
      const file = join(folder, `${path.replaceAll(/\W/g, '-')}-${index}.ts`)
      const imports = code.includes('import ') ? '' : "import { Session } from 'session-fetch'\n"
      await writeFile(file, imports + inFolder(local(code)))
      const log = vi.spyOn(console, 'log').mockImplementation(() => {})
      try {
        await import(pathToFileURL(file).href)
        expect(log.mock.calls.map((values) => format(...values))).toEqual(printed(local(code)))
      } finally {
        log.mockRestore()
      }
    },
  )
})

/** The code with the URLs of local servers in place of the sites. */
function local(code: string): string {
  return code
    .replaceAll('https://httpbin.org/', withSlash(httpbin.url))
    .replaceAll('https://shop.example/', shop.url)
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}

/** The code, writing its files to the temporary folder. */
function inFolder(code: string): string {
  return code.replaceAll(/'(data\.bin|cookies\.json)'/g, (_quoted, file: string) =>
    JSON.stringify(join(folder, file)),
  )
}

/** The output that a block documents: the comments after its calls of `console.log`. */
function printed(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, line = '']) => line)
}
