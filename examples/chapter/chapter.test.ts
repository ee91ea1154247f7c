import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, promisify } from 'node:util'
import { type Httpbin, startHttpbin } from '@session-fetch/test-support/httpbin'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main as functionalVsSessionCookies } from './functional-vs-session-cookies.js'
import { main as internalsWalkthrough } from './internals-walkthrough.js'
import { main as persistentSettings } from './persistent-settings.js'
import { type Line, linesOfPython, toLines } from './printed-lines.js'
import { main as scopeClosesSession } from './scope-closes-session.js'

type Script = (base: string, print: (...values: unknown[]) => void) => Promise<void>

const run = promisify(execFile)
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Expected differences, with reasons. Everything else must be printed identically. */
const headersThatDiffer = {
  'User-Agent': 'each library names itself',
  'Accept-Encoding': 'each library asks for the encodings that it can decode',
}
const linesThatDiffer = {
  'A request after that:':
    'requests opens new connections after a close; a closed session-fetch stays closed',
}

let httpbin: Httpbin
let base: string

beforeAll(async () => {
  httpbin = await startHttpbin()
  base = httpbin.url.replace(/\/$/, '')
})

afterAll(() => httpbin.close())

describe('the scripts of the chapter', () => {
  it.each<[string, Script]>([
    ['functional_vs_session_cookies', functionalVsSessionCookies],
    ['persistent_settings', persistentSettings],
    ['scope_closes_session', scopeClosesSession],
    ['internals_walkthrough', internalsWalkthrough],
  ])('%s prints what its Python original prints', async (name, script) => {
    const printed = toLines(await printedBy(script))
    const original = linesOfPython(await printedByPython(name), printed)
    expect(comparable(printed)).toEqual(comparable(original))
  })

  it('refuse a request after close(), unlike requests, which opens new connections', async () => {
    const printed = toLines(await printedBy(scopeClosesSession))
    expect(printed.at(-1)).toEqual({ words: 'A request after that:', value: 'SessionClosedError' })
  })

  it('run through the built package, as a user runs them', async () => {
    const printed = await printedBy(functionalVsSessionCookies)
    const text = printed.map((values) => `${format(...values)}\n`).join('')
    expect(await printedByBuilt('functional-vs-session-cookies')).toBe(text)
  })
})

/** The arguments of each call of `print`. */
async function printedBy(script: Script): Promise<unknown[][]> {
  const calls: unknown[][] = []
  await script(base, (...values) => calls.push(values))
  return calls
}

async function printedByPython(name: string): Promise<string> {
  const { stdout } = await run('/usr/bin/python3', [at(`python/${name}.py`), base])
  return stdout
}

/** Compiles the scripts to where they find the installed package, and runs one of them. */
async function printedByBuilt(name: string): Promise<string> {
  const folder = await mkdtemp(at('../node_modules/.built-'))
  try {
    const compiler = join(createRequire(import.meta.url).resolve('typescript/package.json'), '../bin/tsc')
    await run(process.execPath, [compiler, '--project', at('../tsconfig.json'), '--outDir', folder])
    const { stdout } = await run(process.execPath, [join(folder, `${name}.js`), base])
    return stdout
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The lines without what must differ. */
function comparable(lines: readonly Line[]): Line[] {
  return lines.map(({ words, ...rest }) => {
    if (Object.hasOwn(linesThatDiffer, words)) return { words }
    return 'value' in rest ? { words, value: withoutDifferingHeaders(rest.value) } : { words }
  })
}

function withoutDifferingHeaders(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([name]) => !Object.hasOwn(headersThatDiffer, name)))
}
