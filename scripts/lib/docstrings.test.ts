import ts from '@typescript/typescript6'
import { describe, expect, it } from 'vitest'

/** A script has no types. */
interface Docstrings {
  docsOf: (node: ts.Node) => { text: string; examples: string[] }
  membersOf: (node: ts.Node) => ts.NamedDeclaration[]
  namesIn: (node: ts.Node) => Set<string>
  basesOf: (node: ts.Node) => Set<string>
}

const script = new URL('docstrings.mjs', import.meta.url).href
const { docsOf, membersOf, namesIn, basesOf } = (await import(script)) as Docstrings

/** The first statement of a file of types, or its first variable. */
function declaration(code: string): ts.Node {
  const [first] = ts.createSourceFile('a.d.ts', code, ts.ScriptTarget.ES2022, true).statements
  const node = first && ts.isVariableStatement(first) ? first.declarationList.declarations[0] : first
  if (node === undefined) throw new Error('there is no declaration')
  return node
}

describe('docsOf', () => {
  it('gives the text, and each example without asterisks', () => {
    const node = declaration(`/**
 * Reads. More of it.
 *
 * @throws Error
 * @example
 * const a = read({
 *   b: 1,
 * })
 * @example read()
 */
declare function read(): void`)
    expect(docsOf(node)).toEqual({
      text: 'Reads. More of it.',
      examples: ['const a = read({\n  b: 1,\n})', 'read()'],
    })
  })

  it.each(['/** Reads. */ declare const read: () => void', '/** Reads. */ type Read = () => void'])(
    'reads %s',
    (code) => expect(docsOf(declaration(code))).toEqual({ text: 'Reads.', examples: [] }),
  )

  it('gives no text where there is none', () => {
    expect(docsOf(declaration('/* Reads. */ declare class Read {}'))).toEqual({ text: '', examples: [] })
  })
})

describe('membersOf', () => {
  it('gives the members that users see, each once', () => {
    const node = declaration(`declare class Jar {
      #secret; private hidden; protected open(): void; constructor(); readonly size: number
      set(name: string): void
      set(cookie: object): void
    }`)
    expect(membersOf(node).map(({ name }) => name?.getText())).toEqual(['size', 'set'])
  })
})

describe('namesIn', () => {
  it('gives the types of a signature, and of what it extends', () => {
    const node = declaration('interface Jar extends Base<Part$1> { read: (a: Query) => typeof value }')
    expect([...namesIn(node)]).toEqual(['Base', 'Part', 'Query', 'value'])
    expect([...basesOf(node)]).toEqual(['Base', 'Part'])
  })
})
