import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the whole project. */
export const root = fileURLToPath(new URL('../', import.meta.url))

/** A block of code in a document. */
export interface Block {
  readonly document: string
  /** From 1, among the blocks of the document that are code. */
  readonly index: number
  readonly language: 'js' | 'ts'
  /** Where it runs: in Node, unless the fence says `page`, for a browser. */
  readonly runsIn: 'node' | 'page'
  readonly code: string
}

/**
 * docs/setup.md is run by examples/installed. docs/api.md has declarations only, and is compared with the build. The
 * last is a copy of README.md, made for the package.
 */
const ELSEWHERE = ['docs/setup.md', 'docs/api.md', 'packages/session-fetch/README.md']

/** Every document with code for readers to copy. */
export const documents: readonly string[] = [
  'README.md',
  ...pagesIn('docs'),
  ...pagesIn('docs/rules'),
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`),
].filter((document) => !ELSEWHERE.includes(document))

/** The blocks of a document, without those that have a title: they are files or pairs, which other tests run. */
export function blocksOf(document: string): Block[] {
  const text = readFileSync(join(root, document), 'utf8')
  const found = Array.from(text.matchAll(/^```(ts|js)([^\n[]*)\n([\s\S]*?)^```$/gm))
  return found.map(([, language, mark = '', code = ''], at) => {
    if (!['', ' page'].includes(mark))
      throw new Error(`${document}: no test knows blocks of "${language}${mark}"`)
    const runsIn = mark === '' ? 'node' : 'page'
    return { document, index: at + 1, language: language as 'js' | 'ts', runsIn, code }
  })
}

/** The output that a block documents: the comments after its calls of `console.log`. */
export function printed(code: string): string[] {
  return Array.from(code.matchAll(/console\.log\(.*\/\/ (.*)$/gm), ([, line = '']) => line)
}

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
}
