import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

/** A script has no types. */
interface Signatures {
  readExports: (files: readonly string[]) => ReadonlyMap<string, Record<'own' | 'unexported', Exported[]>>
  signatureOf: (exported: Exported) => string
}
interface Exported {
  readonly name: string
}

const script = new URL('signatures.mjs', import.meta.url).href
const { readExports, signatureOf } = (await import(script)) as Signatures

/** The signatures of what one file of types exports, and of what those name, without indentation. */
function signaturesOf(types: string): Record<'own' | 'unexported', string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signatures-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'packages/one/dist/index.d.ts')
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, types)
  const { own = [], unexported = [] } = readExports([file]).get(file) ?? {}
  return { own: own.map(signatureOf), unexported: unexported.map(signatureOf) }
}

describe('signatureOf', () => {
  it('gives a class with the members that users see, as they are declared', () => {
    const { own } = signaturesOf(`declare class Jar extends Map<string, string> {
      #secret;
      private hidden;
      protected open(): void;
      get(name: string): string;
    }
    export { Jar };`)
    expect(own).toEqual([
      'class Jar extends Map<string, string> {\nprotected open(): void;\nget(name: string): string;\n}',
    ])
  })

  it('gives the first sentence of a comment, and the default', () => {
    const { own } = signaturesOf(`/** Options of a call. There is more. */
    export interface Options {
      /** Milliseconds to wait, e.g. 3. Rounded up.
       * Default: none.
       *
       * Longer words. */
      timeout?: number;
    }`)
    expect(own).toEqual([
      '/** Options of a call. */\ninterface Options {\n/** Milliseconds to wait, e.g. 3. Default: none. */\ntimeout?: number;\n}',
    ])
  })

  it('says under which name something else is exported', () => {
    const { own } = signaturesOf('declare const del: () => void; export { del as delete };')
    expect(own).toEqual(['// exported as `delete`\nconst del: () => void'])
  })
})

describe('readExports', () => {
  it('adds what the exports name without exporting it, and nothing else', () => {
    const { own, unexported } =
      signaturesOf(`interface Base { base: Deep } type Deep = string; type Unused = 1;
    interface Options extends Base {} export { Options }`)
    expect(own).toEqual(['interface Options extends Base {\n}'])
    expect(unexported).toEqual(['interface Base {\nbase: Deep;\n}', 'type Deep = string;'])
  })
})
