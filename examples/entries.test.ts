import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const dist = new URL('../packages/session-fetch/dist/', import.meta.url)
const entries = readdirSync(dist).filter(
  (file) => /\.(?:js|d\.ts)$/.test(file) && !file.startsWith('session-fetch.'),
)

describe('an entry of the umbrella', () => {
  it.each(entries)('%s is one package’s, and loads nothing beside it', (file) => {
    const lines = readFileSync(new URL(file, dist), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('//'))
    expect(lines).toEqual([expect.stringMatching(/^export \* from '@session-fetch\/[\w/-]+';$/)])
  })
})
