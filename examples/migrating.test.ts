import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Httpbin, startHttpbin } from '@session-fetch/test-support/httpbin'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)

/** Debian's, which has requests. */
const PYTHON = '/usr/bin/python3'
const text = await readFile(new URL('../docs/migrating.md', import.meta.url), 'utf8')

/** The pairs of programs: with another client, and with session-fetch. */
const programs = Array.from(
  text.matchAll(/```(?:js|py) \[([\w-]+)\]\n([\s\S]*?)```/g),
  ([, client = '', code = '']) => ({ client, code }),
)
const pairs = programs.flatMap((theirs, index) => {
  const ours = programs[index + 1]
  return theirs.client === 'session-fetch' || ours === undefined ? [] : [{ ...theirs, ours: ours.code }]
})

let httpbin: Httpbin
let folder: string

beforeAll(async () => {
  httpbin = await startHttpbin()
  // The other clients are installed for the benchmarks.
  folder = await mkdtemp(fileURLToPath(new URL('../bench/node_modules/.migrating-', import.meta.url)))
})

afterAll(async () => {
  await httpbin.close()
  await rm(folder, { recursive: true })
})

describe('docs/migrating.md', () => {
  it('has a pair for each client', () => {
    expect(pairs.map(({ client }) => client)).toEqual([
      'requests',
      'axios',
      'ky',
      'got',
      'fetch-cookie',
      'node-fetch',
      'fetch',
    ])
  })

  it.each(pairs)('prints the same with $client and with session-fetch', async ({ client, code, ours }) => {
    const expected = documented(code)
    expect(expected.length).toBeGreaterThan(0)
    expect(documented(ours)).toEqual(expected)
    const theirs = client === 'requests' ? [PYTHON, 'theirs.py'] : [process.execPath, `${client}.mjs`]
    expect(await printedBy(theirs, code)).toEqual(expected)
    expect(await printedBy([process.execPath, `for-${client}.mjs`], ours)).toEqual(expected)
  })
})

async function printedBy([program = '', name = '']: readonly string[], code: string): Promise<string[]> {
  const file = join(folder, name)
  await writeFile(file, code.replaceAll('https://httpbin.org/', httpbin.url))
  const { stdout } = await run(program, [file])
  return stdout.trimEnd().split('\n')
}

/** The output that a program documents: the comments after its calls of `console.log`, or of `print`. */
function documented(code: string): string[] {
  const comments = code.matchAll(/(?:console\.log\(.*\/\/|print\(.*#) (.*)$/gm)
  return Array.from(comments, ([, line = '']) => line)
}
