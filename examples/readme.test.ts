import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { type Httpbin, startHttpbin } from '@session-fetch/test-support/httpbin'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

const SITE = 'https://httpbin.org/'
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code)

describe('README', () => {
  let httpbin: Httpbin
  let folder: string

  beforeAll(async () => {
    httpbin = await startHttpbin()
    folder = await mkdtemp(join(tmpdir(), 'session-fetch-readme-'))
  })

  afterAll(async () => {
    await httpbin.close()
    await rm(folder, { recursive: true })
  })

  it.each(blocks.map((code, index) => [index + 1, code] as const))(
    'block %i prints what it says',
    async (index, code) => {
      const file = join(folder, `block-${index}.ts`)
      const imports = code.includes('import ') ? '' : "import { Session } from 'session-fetch'\n"
      await writeFile(file, imports + inFolder(local(code, httpbin.url), folder))
      const log = vi.spyOn(console, 'log').mockImplementation(() => {})
      try {
        await import(pathToFileURL(file).href)
        expect(log.mock.calls.map((values) => format(...values))).toEqual(printed(local(code, httpbin.url)))
      } finally {
        log.mockRestore()
      }
    },
  )
})

/** The same with the real site's URL replaced by that of the httpbin on this machine. */
function local(code: string, url: string): string {
  return code.replaceAll(SITE, url.endsWith('/') ? url : `${url}/`)
}

/** The same with the files that it writes in a folder. */
function inFolder(code: string, folder: string): string {
  return code.replaceAll(/'(data\.bin|cookies\.json)'/g, (_quoted, file: string) =>
    JSON.stringify(join(folder, file)),
  )
}

/** What a block says that it prints: the comments after its calls of console.log. */
function printed(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, line = '']) => line)
}
