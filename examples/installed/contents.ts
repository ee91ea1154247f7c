import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packages, root, start } from './project.js'

const CODE = ['js', 'js.map', 'd.ts']
const BUILT = CODE.slice(0, 2)

const OF_CORE = ['adapter', 'csrf', 'digest', 'index', 'links', 'testing']

/** What each package publishes, beside LICENSE, README.md and package.json. */
const published: Readonly<Record<string, () => Promise<string[]> | string[]>> = {
  browser: () => [
    ...built('dist', ['document-cookies', 'explain-cors', 'index', 'xhr'], CODE),
    ...built('dist/development', ['document-cookies', 'explain-cors', 'index', 'xhr'], BUILT),
  ],
  cookies: () => built('dist', ['adapter', 'index', 'tough', 'tough-when-needed'], CODE),
  core: () => [...built('dist', OF_CORE, CODE), ...built('dist/node', OF_CORE, BUILT)],
  node: () => built('dist', ['index', 'netrc'], CODE),
  portable: () => built('dist', ['index'], CODE),
  'session-fetch': async () => [
    ...built('dist', ['browser', 'csrf', 'digest', 'document-cookies', 'explain-cors'], CODE),
    ...built('dist', ['links', 'netrc', 'node', 'portable', 'session-fetch', 'testing', 'xhr'], CODE),
    ...built('dist', ['session-fetch.development'], BUILT),
    ...(await committed('docs')),
  ],
}

/** Compares what is in each tarball with the list. Code that several entries share is in chunks, named by the bundler. */
export function describeContents(tarballs: () => string): void {
  it.each(packages)('of %s holds what is listed, and no more', async (name) => {
    const { name: full, version } = await manifest(name)
    const tarball = join(tarballs(), `${full.replace('@', '').replace('/', '-')}-${version}.tgz`)
    const files = lines(await start('tar', ['-tzf', tarball], root)).map((file) =>
      file.replace('package/', ''),
    )
    const own = files.filter(
      (file) => !/^dist\/(?:development\/)?shared\d*\.(?:js|js\.map|d\.ts)$/.test(file),
    )
    expect(own.sort()).toEqual(
      [
        'LICENSE',
        'README.md',
        'package.json',
        ...((await published[name]?.()) ?? [`${name} is not in the list of this test`]),
      ].sort(),
    )
  })
}

async function manifest(name: string): Promise<{ name: string; version: string }> {
  return JSON.parse(await readFile(join(root, 'packages', name, 'package.json'), 'utf8'))
}

function built(folder: string, names: readonly string[], endings: readonly string[]): string[] {
  return names.flatMap((name) => endings.map((ending) => `${folder}/${name}.${ending}`))
}

/** Files under version control, or soon to be. */
async function committed(folder: string): Promise<string[]> {
  return lines(await start('git', ['ls-files', '--cached', '--others', '--exclude-standard', folder], root))
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
