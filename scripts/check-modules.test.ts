import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

/** A script has no types. */
interface CheckModules {
  faultsOf: (folder: string, rooms: readonly string[], imports?: RegExp) => string[]
}

const script = new URL('check-modules.mjs', import.meta.url).href
const { faultsOf } = (await import(script)) as CheckModules
const ROOMS = ['upper', 'lower']

/** The faults of a package with these modules, by their paths under `src`, without the folder it stands in. */
function faultsIn(modules: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'modules-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(modules)) {
    const file = join(folder, 'src', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  return faultsOf(folder, ROOMS, /^@session-fetch\/core(?:\/adapter)?$/).map((fault) =>
    fault.replace(/\S*\/src\//g, ''),
  )
}

const sound = {
  'index.ts': "export { a } from './upper/a.js'\n",
  'upper/a.ts': "import { b } from '../lower/b.js'\nexport const a = b\n",
  'lower/b.ts': 'export const b = 1\nexport type B = number\n',
}

describe('faultsOf', () => {
  it('finds none where imports lead from the entries down', () => {
    expect(faultsIn(sound)).toEqual([])
  })

  it.each([
    ['a value', "import { a } from '../upper/a.js'\nexport const b = () => a\n"],
    ['a type', "import type { A } from '../upper/a.js'\nexport const b: A = 1\n"],
    [
      'several names, over lines',
      "import {\n  type A,\n  a,\n} from '../upper/a.js'\nexport const b: A = a\n",
    ],
    ['an export', "export { a as b } from '../upper/a.js'\n"],
    ['a dynamic import', "export const b = () => import('../upper/a.js')\n"],
  ])('finds %s that is imported from a room above', (_what, text) => {
    expect(faultsIn({ ...sound, 'lower/b.ts': text })).toContain(
      'lower/b.ts imports upper/a.ts, from a room above its own',
    )
  })

  it('finds a cycle within a room, of types alone, too', () => {
    const faults = faultsIn({
      ...sound,
      'lower/b.ts': "import type { C } from './c.js'\nexport const b: C = 1\nexport type B = C\n",
      'lower/c.ts': "import type { B } from './b.js'\nexport type C = B | number\n",
    })
    expect(faults).toEqual(['cycle: lower/b.ts → lower/c.ts → lower/b.ts'])
  })

  it('finds a module that no entry reaches, and one in a folder that is no room', () => {
    const faults = faultsIn({ ...sound, 'lower/lost.ts': '', 'elsewhere/c.ts': '' })
    expect(faults).toContain('lower/lost.ts is imported by nothing')
    expect(faults).toContain('elsewhere/c.ts is in no room of scripts/check-modules.mjs')
  })

  it.each([
    ['users', "export { Session } from '@session-fetch/core'\n"],
    ['adapters', "import { own } from '@session-fetch/core/adapter'\nexport const b = own\n"],
    ['another package', "export { Cookie } from 'tough-cookie'\n"],
  ])('lets a module name what it imports from an entry for %s', (_whom, text) => {
    expect(
      faultsIn({ ...sound, 'lower/c.ts': text, 'index.ts': "export * from './lower/c.js'\n" }),
    ).not.toContain(expect.stringContaining('lower/c.ts imports'))
  })

  it.each([
    ["import { own } from '@session-fetch/core/lib/model/own.js'", '@session-fetch/core/lib/model/own.js'],
    ["import type { Jar } from '@session-fetch/node'", '@session-fetch/node'],
    ["export const load = () => import('session-fetch')", 'session-fetch'],
    ["import '@session-fetch/core/lib/index.js'", '@session-fetch/core/lib/index.js'],
  ])('finds an import past the entries of our other packages: %s', (text, name) => {
    expect(faultsIn({ ...sound, 'lower/b.ts': `${text}\nexport const b = 1\n` })).toContain(
      `lower/b.ts imports ${name}, which is no entry for this package`,
    )
  })

  it('finds an import of a file of another package', () => {
    const text = "export { own as b } from '../../../core/src/model/own.js'\n"
    expect(faultsIn({ ...sound, 'lower/b.ts': text })).toContain(
      'lower/b.ts imports model/own.ts, a file of another package',
    )
  })

  it.each([
    "export * from '@session-fetch/core'",
    "export type * from '@session-fetch/core'",
    "export * as core from '@session-fetch/core'",
  ])('finds exports of another package that name nothing: %s', (text) => {
    expect(faultsIn({ ...sound, 'index.ts': `${sound['index.ts']}${text}\n` })).toEqual([
      'index.ts exports everything of @session-fetch/core: list the names',
    ])
  })

  it('finds a room of more than 15 modules', () => {
    const names = Array.from({ length: 16 }, (_, at) => `m${at}`)
    const modules = Object.fromEntries(names.map((name) => [`lower/${name}.ts`, '']))
    const entry = names.map((name) => `export * from './lower/${name}.js'\n`).join('')
    expect(faultsIn({ ...modules, 'index.ts': entry })).toEqual(['lower holds 16 modules; 15 is the most'])
  })
})
