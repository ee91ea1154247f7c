import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('CONTRIBUTING.md lists the suites of npm test', () => {
  const program = fileURLToPath(new URL('test.mjs', import.meta.url))
  const { stderr } = spawnSync(process.execPath, [program, 'no-such-suite'], { encoding: 'utf8' })
  const [, listed = ''] = /\(there are (.*)\)/.exec(stderr) ?? []
  const text = readFileSync(new URL('../CONTRIBUTING.md', import.meta.url), 'utf8')
  const documented = Array.from(text.matchAll(/^\| `([\w:]+)`/gm), ([, name]) => name)
  expect(documented.sort()).toEqual(listed.split(', ').sort())
})
