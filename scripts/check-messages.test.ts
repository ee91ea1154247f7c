import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

/** A script has no types. */
const { faultsOf } = (await import(new URL('check-messages.mjs', import.meta.url).href)) as {
  faultsOf: (files: readonly string[]) => string[]
}

/** The messages of a source that no row has. */
function missing(source: string, ...rows: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'messages-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'src'))
  const files = {
    [join(folder, 'src/source.ts')]: `class SessionError extends Error {}\nexport ${source}`,
    [join(folder, 'messages.test.ts')]: JSON.stringify(rows),
  }
  for (const [file, text] of Object.entries(files)) writeFileSync(file, text)
  return faultsOf(Object.keys(files)).map((fault) => /has "(.*)"$/.exec(fault)?.[1] ?? fault)
}

describe('faultsOf', () => {
  it.each<[what: string, source: string, messages: string[]]>([
    ['a literal', "function f() { throw new SessionError('It failed') }", ['It failed']],
    ['a template', 'function f(a: number) { throw new SessionError(`${a} is odd`) }', ['… is odd']],
    [
      'both sides of a condition',
      "function f(a: boolean) { throw new SessionError(a ? 'It failed' : 'It broke') }",
      ['It failed', 'It broke'],
    ],
    ['a constant', "function f() { const what = 'It failed'; throw new SessionError(what) }", ['It failed']],
    [
      'each call of a function that makes the error',
      "const all = [made('It failed'), made('It broke')]; function made(what: string) { return new SessionError(`f: ${what}`) }",
      ['f: It failed', 'f: It broke'],
    ],
    [
      'a name that is given to such a function',
      "const all = [made('one'), made('two')]; function made(name: string) { return new SessionError(`${name} is odd`) }",
      ['… is odd'],
    ],
    [
      'what a function returns',
      "function f() { throw new SessionError(what()) } function what() { return 'It failed' }",
      ['It failed'],
    ],
  ])('reads %s', (_what, source, messages) => {
    expect(missing(source)).toEqual(messages)
  })

  it('finds none if a row has the message, with the request or without it', () => {
    const source = 'function f(a: number) { throw new SessionError(`${a} is odd`) }'
    expect(missing(source, '3 is odd')).toEqual([])
    expect(missing(source, '3 is odd: GET https://a.test/')).toEqual([])
    expect(missing(source, 'But 3 is odd, too')).toEqual(['… is odd'])
  })
})
