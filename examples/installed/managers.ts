import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesOf, runCommands, section, writeProject } from './page.js'
import { root, start } from './project.js'

/** Where the page says that the packed packages are. */
const PACKED = '/tmp/packed/'

/** Plug'n'Play, Yarn's default, has no files for the compiler, and no hook for `require` of an ES module. */
const LINKED = { '.yarnrc.yml': 'nodeLinker: node-modules' }

/** Each package manager, by its title on the page, and how it runs a program. */
const managers = {
  npm: ['node'],
  pnpm: ['node'],
  Yarn: ['yarn', 'node'],
}

/** What a test needs: the folder of the tarballs, one to work in, and the address of the contract's site. */
export interface Installed {
  readonly tarballs: string
  readonly folder: string
  readonly url: string
}

/** Installs the tarballs with each package manager into empty projects, as the page says, and runs a program there. */
export function describeManagers(installed: () => Installed): void {
  describe.each(Object.entries(managers))('%s', (manager, [program = '', ...args]) => {
    it.concurrent.each(Object.entries(projects))(
      'installs the packages into an empty project of %s',
      async (kind, files) => {
        const { tarballs, folder, url } = installed()
        const project = join(folder, `${manager}-${kind.replace(' ', '-')}`)
        const blocks = section(manager).map(({ file, text }) => ({
          file,
          text: text.replaceAll(PACKED, `${tarballs}/`),
        }))
        const given = filesOf(blocks)
        const { 'package.json': manifest = '{}', ...others } = files(logIn(url))
        await writeProject(project, {
          ...given,
          ...others,
          'package.json': JSON.stringify({
            ...JSON.parse(given['package.json'] ?? '{}'),
            ...JSON.parse(manifest),
          }),
          ...(manager === 'Yarn' ? { 'yarn.lock': '' } : {}),
        })
        await runCommands(blocks, project)
        if (kind === 'TypeScript') await start('tsc', ['-p', '.'], project)
        expect(JSON.parse(await start(program, [...args, 'main.js'], project))).toEqual({ welcome: 'member' })
      },
    )
  })
}

/** Compares the README with the page whose blocks are run. */
export function describeReadme(): void {
  it.each(['npm', 'pnpm'])('installs with %s by the blocks of docs/setup.md', async (manager) => {
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    for (const { text } of section(manager)) expect(readme).toContain(text.trim())
  })
}

/** The files of an empty project, with a program. */
const projects: Record<string, (program: string) => Record<string, string>> = {
  'ES modules': (program) => ({
    'package.json': '{ "private": true, "type": "module" }',
    'main.js': `import { Session } from 'session-fetch'\n${program}`,
  }),
  CommonJS: (program) => ({
    'package.json': '{ "private": true }',
    'main.js': `const { Session } = require('session-fetch')\nvoid (async () => {\n${program}})()`,
    ...LINKED,
  }),
  TypeScript: (program) => ({
    'package.json': '{ "private": true, "type": "module" }',
    'main.ts': `import { Session } from 'session-fetch'\n${program}`,
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        lib: ['es2022', 'dom'],
        typeRoots: [join(root, 'node_modules/@types')],
        types: ['node'],
        strict: true,
        skipLibCheck: false,
      },
      files: ['main.ts'],
    }),
    ...LINKED,
  }),
}

/** A program that logs in by a form, gets a cookie on a redirect, and prints the members' page. */
function logIn(url: string): string {
  return `const session = new Session({ baseUrl: '${url}' })
await session.post('login', { form: { name: 'ada', password: 'open sesame' } })
console.log(JSON.stringify(await session.get('members').json()))
await session.close()
`
}
