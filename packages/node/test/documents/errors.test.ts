import { readFileSync } from 'node:fs'
import * as errors from '@session-fetch/node'
import { describe, expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The rows of the table of faults, cell by cell. */
const rows = read('../../../../docs/errors.md')
  .split('\n')
  .filter((line) => /^\|\s*\d+ \|/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, number = '', , gives = '', codes = '', , , test = '']) => ({ number, gives, codes, test }))

describe('docs/errors.md', () => {
  it('has every failure once, in order', () => {
    expect(rows.map(({ number }) => Number(number))).toEqual(
      Array.from({ length: 58 }, (_, index) => index + 1),
    )
  })

  it.each(rows)('$number names existing classes by their codes', ({ gives, codes }) => {
    const named = [...gives.matchAll(/`([A-Z]\w+Error)`/g)].map(([, name = '']) => name)
    const known = named.map((name) => errors[name as 'SessionError'])
    expect(codes).toBe(known.map((Class) => `\`${new Class('').code}\``).join(' · '))
  })

  it.each(rows.filter(({ test }) => test.startsWith('`faults')))(
    '$number names a test of its number',
    ({ number, test }) => {
      const [, file = '', name = ''] = /^`([\w/-]+)`: (.*)$/.exec(test) ?? []
      expect(name.startsWith(`${number}: `)).toBe(true)
      expect(read(`../${file}.test.ts`)).toMatch(new RegExp(`['"\`]${number}: `))
    },
  )
})
