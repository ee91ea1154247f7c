import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const dist = new URL('../packages/session-fetch/dist/', import.meta.url)
const entries = readdirSync(dist).filter(
  (file) => /\.(?:js|d\.ts)$/.test(file) && !file.startsWith('session-fetch.'),
)

describe('an entry of the umbrella', () => {
  it.each(entries)('%s lists its exports, and contains no code', (file) => {
    const lines = readFileSync(new URL(file, dist), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('//'))
    const packages = lines.map(
      (line) => /^export \{ [\w, ]+ \} from '@session-fetch\/(\w+)[\w/-]*';$/.exec(line)?.[1],
    )
    expect(packages).not.toContain(undefined)
    expect(new Set(['core', ...packages]).size).toBeLessThanOrEqual(2)
    expect(packages.length).toBeGreaterThan(0)
  })
})
