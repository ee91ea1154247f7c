import { describe, expect, it } from 'vitest'
import { thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { type HeadersSource, mergeHeaders } from './headers.js'

const session = (): Headers => new Headers({ Accept: 'a/b', 'X-App': 'demo' })

describe('mergeHeaders', () => {
  it.each<[string, HeadersSource | null | undefined, Record<string, string>]>([
    ['nothing', undefined, { accept: 'a/b', 'x-app': 'demo' }],
    ['null', null, {}],
    ['another name', { 'X-Call': '1' }, { accept: 'a/b', 'x-app': 'demo', 'x-call': '1' }],
    ['the same name in another case', { 'x-APP': 'mine' }, { accept: 'a/b', 'x-app': 'mine' }],
    ['null for a name', { 'x-app': null }, { accept: 'a/b' }],
    ['undefined for a name', { 'X-App': undefined }, { accept: 'a/b', 'x-app': 'demo' }],
    ['null for a name nobody said', { 'X-Other': null }, { accept: 'a/b', 'x-app': 'demo' }],
    ['an empty value', { 'X-App': '' }, { accept: 'a/b', 'x-app': '' }],
    [
      'a number and a boolean',
      { 'X-N': 7, 'X-B': false },
      { accept: 'a/b', 'x-app': 'demo', 'x-n': '7', 'x-b': 'false' },
    ],
    ['Headers', new Headers({ 'X-App': 'mine' }), { accept: 'a/b', 'x-app': 'mine' }],
    ['a Map', new Map([['X-App', 'mine']]), { accept: 'a/b', 'x-app': 'mine' }],
    [
      'pairs that repeat',
      [
        ['X-App', '1'],
        ['x-app', '2'],
      ],
      { accept: 'a/b', 'x-app': '1, 2' },
    ],
    ['a repetition in two cases', { 'X-App': '1', 'x-app': '2' }, { accept: 'a/b', 'x-app': '1, 2' }],
    [
      'null, then a value',
      [
        ['X-App', null],
        ['X-App', '2'],
      ],
      { accept: 'a/b', 'x-app': '2' },
    ],
    ['blanks around a value', { 'X-App': '  mine\t' }, { accept: 'a/b', 'x-app': 'mine' }],
    ['line ends around a value', { 'X-App': '\r\n mi\tne \n\n' }, { accept: 'a/b', 'x-app': 'mi\tne' }],
    ['nothing but a line end', { 'X-App': '\n' }, { accept: 'a/b', 'x-app': '' }],
    ['latin-1', { 'X-App': 'grün' }, { accept: 'a/b', 'x-app': 'grün' }],
  ])('takes %s', (_what, call, merged) => {
    expect(Object.fromEntries(mergeHeaders(session(), call))).toEqual(merged)
  })

  it.each(['a b', 'a:b', '', 'a\r\nb', 'ü', 'a\u0000'])('refuses the name %j', (name) => {
    expect(thrown(() => mergeHeaders(session(), { [name]: '1' }))).toBeInstanceOf(InvalidRequestError)
  })

  it.each([
    'canary\r\nX-Evil: 1',
    'canary\n.',
    'canary\u0000',
    '\u000bcanary',
    '\u0085canary\u2028',
    'canary€',
    'canary\u007f',
  ])('refuses the value %j, and does not show it', (value) => {
    const error = thrown(() => mergeHeaders(session(), { 'X-Secret': value }))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toMatch(/"X-Secret"/)
    expect(String(error)).not.toContain('canary')
  })

  it.each<[string, unknown]>([
    ['an object', { toString: () => 'x' }],
    ['a list', ['x']],
    ['a function', () => 'x'],
    ['a symbol', Symbol('x')],
  ])('refuses %s as a value', (_what, value) => {
    const source = { 'X-App': value } as HeadersSource
    expect(thrown(() => mergeHeaders(session(), source))).toBeInstanceOf(InvalidRequestError)
  })

  it.each<[string, unknown]>([
    ['text', 'X-App: 1'],
    ['a number', 7],
  ])('refuses %s as headers', (_what, source) => {
    expect(thrown(() => mergeHeaders(session(), source as HeadersSource))).toBeInstanceOf(InvalidRequestError)
  })

  it('modifies neither argument', () => {
    const ofSession = session()
    const ofCall = Object.freeze({ 'X-App': 'mine', Accept: null })
    mergeHeaders(ofSession, ofCall)
    expect([...ofSession]).toEqual([...session()])
    expect(ofCall).toEqual({ 'X-App': 'mine', Accept: null })
  })
})
