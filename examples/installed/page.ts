import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { start } from './project.js'

/** A block of the page: a file, with its name above it, or commands. */
export interface Block {
  readonly file: string | undefined
  readonly text: string
}

/** The text of docs/setup.md. */
export const page = await readFile(new URL('../../docs/setup.md', import.meta.url), 'utf8')

/** The blocks of each section, by its title. */
export const sections: ReadonlyMap<string, readonly Block[]> = new Map(
  page
    .split(/^###? /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0] ?? '', blocksOf(section)]),
)

/** The blocks of the section that has this title. */
export function section(title: string): readonly Block[] {
  const blocks = sections.get(title)
  if (blocks === undefined) throw new Error(`docs/setup.md has no section "${title}"`)
  return blocks
}

/** Makes a folder with these files. */
export async function writeProject(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
}

/** The files among blocks. */
export function filesOf(blocks: readonly Block[]): Record<string, string> {
  return Object.fromEntries(blocks.flatMap(({ file, text }) => (file === undefined ? [] : [[file, text]])))
}

/** Runs the commands among blocks and gives what they printed. `npx` is left out, because the tools are on the PATH. */
export async function runCommands(blocks: readonly Block[], folder: string): Promise<string> {
  const lines = blocks.filter(({ file }) => file === undefined).map(({ text }) => text.replaceAll('npx ', ''))
  return start('sh', ['-ec', lines.join('')], folder)
}

function blocksOf(text: string): Block[] {
  const found = text.matchAll(/^(?:`([\w./-]+)`:\n\n)?```\w+\n([\s\S]*?)^```/gm)
  return Array.from(found, ([, file, code = '']) => ({ file, text: code }))
}
