import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Installed } from './managers.js'
import { type Block, filesOf, page, runCommands, section, sections, writeProject } from './page.js'

const { resolve } = createRequire(import.meta.url)

/** Each project has its own: Jest looks for tests in all folders below the nearest one. */
const MANIFEST = '{ "private": true, "type": "module" }'

/** Runs each section of the page that has commands: writes its files, runs its commands, and compares their output. */
export function describeSetUp(installed: () => Installed): void {
  const runnable = [...sections].filter(([title, blocks]) => isRunnable(title, blocks))

  it.concurrent.each(runnable)('%s', async (title, blocks) => {
    const printed = await runCommands(blocks, await projectOf(title, blocks))
    expect(printed.split('\n')).toEqual(expect.arrayContaining(documented(blocks)))
  })

  describe('TypeScript', () => {
    it.concurrent.each([
      ['5.9', 'false'],
      ['4.9', 'true'],
    ])('%s compiles the types with skipLibCheck: %s', async (version, skipLibCheck) => {
      const compile = `node ${compiler(version)} -p . --noEmit --skipLibCheck ${skipLibCheck}`
      expect(await runInProject(`TypeScript ${version}`, section('TypeScript'), compile)).toBe('')
    })

    it.concurrent('resolves to the browser for a bundler, unless it has the condition', async () => {
      const blocks = section('TypeScript for a server that is bundled')
      const compile = 'tsc -p . --noEmit --customConditions null'
      await expect(runInProject('without the condition', blocks, compile)).rejects.toThrow(/'FileCookieJar'/)
    })
  })

  it('has a file for a page without a bundler', async () => {
    const [, file = ''] = /from '\.\/(node_modules\/session-fetch\/[^']+)'/.exec(page) ?? []
    expect(await import(pathToFileURL(join(installed().folder, file)).href)).toHaveProperty('Session')
  })

  /** Makes a folder with the files of a section, below the one in which the packages are installed. */
  async function projectOf(title: string, blocks: readonly Block[]): Promise<string> {
    const { folder, url } = installed()
    const project = join(folder, title.replaceAll(/\W+/g, '-'))
    const files = Object.entries(filesOf(blocks)).map(([file, text]) => [
      file,
      text.replaceAll('https://shop.example/', url),
    ])
    await writeProject(project, { 'package.json': MANIFEST, ...Object.fromEntries(files) })
    return project
  }

  async function runInProject(title: string, blocks: readonly Block[], command: string): Promise<string> {
    return runCommands([{ file: undefined, text: command }], await projectOf(title, blocks))
  }
}

function isRunnable(title: string, blocks: readonly Block[]): boolean {
  return blocks.some(({ file }) => file === undefined) && !['npm', 'pnpm', 'Yarn', 'Next'].includes(title)
}

/** The output that the programs of a section document: the comments after their calls of `console.log`. */
function documented(blocks: readonly Block[]): string[] {
  const lines = blocks.flatMap(({ text }) => [...text.matchAll(/console\.log\(.*\/\/ (.*)$/gm)])
  return lines.map(([, line = '']) => line)
}

function compiler(version: string): string {
  return join(dirname(resolve(`typescript-${version}/package.json`)), 'bin/tsc')
}
