import { describe, expect, it } from 'vitest'
import { parseContentRange } from './answer.js'

describe('parseContentRange', () => {
  it.each([
    ['bytes 0-0/1', { start: 0, end: 0, total: 1 }],
    ['bytes 500-999/1234', { start: 500, end: 999, total: 1234 }],
    ['Bytes  5-9/10 ', { start: 5, end: 9, total: 10 }],
  ])('reads %s', (header, range) => {
    expect(parseContentRange(header)).toEqual(range)
  })

  it.each([
    [null],
    [''],
    ['bytes */1234'],
    ['bytes 0-1/*'],
    ['bytes 2-1/10'],
    ['bytes 0-10/10'],
    ['bytes -1-5/10'],
    ['bytes 0x0-5/10'],
    ['bytes 0-5/10, bytes 6-9/10'],
    ['items 0-5/10'],
    ['bytes 0-5/9999999999999999'],
  ])('finds none in %s', (header) => {
    expect(parseContentRange(header)).toBeNull()
  })
})
