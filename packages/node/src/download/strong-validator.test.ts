import { describe, expect, it } from 'vitest'
import { strongValidator } from './answer.js'

const modified = 'Tue, 15 Nov 1994 12:45:26 GMT'

describe('strongValidator', () => {
  it.each<[string, Record<string, string>, string | null]>([
    ['a strong tag', { ETag: '"v1"' }, '"v1"'],
    ['an empty tag', { ETag: '""' }, '""'],
    ['a strong tag beside a date', { ETag: '"v1"', 'Last-Modified': modified, Date: modified }, '"v1"'],
    [
      'a weak tag, whatever the date',
      { ETag: 'W/"v1"', 'Last-Modified': modified, Date: new Date().toUTCString() },
      null,
    ],
    ['a tag without quotes', { ETag: 'v1' }, null],
    ['two tags', { ETag: '"a", "b"' }, null],
    ['a date a minute old', { 'Last-Modified': modified, Date: 'Tue, 15 Nov 1994 12:46:26 GMT' }, modified],
    [
      'a date less than a minute old',
      { 'Last-Modified': modified, Date: 'Tue, 15 Nov 1994 12:46:25 GMT' },
      null,
    ],
    ['a date from the future', { 'Last-Modified': modified, Date: 'Tue, 15 Nov 1994 12:00:00 GMT' }, null],
    ['a date without the answer’s', { 'Last-Modified': modified }, null],
    ['no date', { 'Last-Modified': 'yesterday', Date: modified }, null],
    ['nothing', {}, null],
  ])('of %s', (_what, headers, validator) => {
    expect(strongValidator(new Headers(headers))).toBe(validator)
  })
})
