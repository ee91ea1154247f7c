import { describe, expect, it } from 'vitest'
import { thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { type FormSource, encodeForm } from './body.js'

describe('encodeForm', () => {
  it.each<[string, FormSource, string]>([
    ['a record', { name: 'ü b', age: 7, ok: true }, 'name=%C3%BC+b&age=7&ok=true'],
    ['a list', { tag: ['a', 'b'] }, 'tag=a&tag=b'],
    ['null and undefined', { a: null, b: undefined, c: [null, '1'] }, 'c=1'],
    [
      'pairs',
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
      'a=1&b=2&a=3',
    ],
    ['URLSearchParams', new URLSearchParams('a=1&a=%26'), 'a=1&a=%26'],
    ['nothing', {}, ''],
    ['line breaks and NUL', { a: '\r\n\u0000' }, 'a=%0D%0A%00'],
  ])('writes %s', (_what, form, text) => {
    expect(encodeForm(form)).toBe(text)
  })

  it('refuses an object as a value', () => {
    const form = { a: { b: 1 } } as unknown as FormSource
    const error = thrown(() => encodeForm(form))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain('form.a must be text')
  })
})
