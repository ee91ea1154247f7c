import { describe, expect, it } from 'vitest'
import { MalformedMessage } from '../base/network-error.js'
import { parseFields } from './head.js'

describe('parseHead: folded lines', () => {
  it.each([
    ['X: a\r\n b\r\n', 'a b'],
    ['X: a \t\r\n \t b\r\n', 'a b'],
    ['X:\r\n a\r\n', 'a'],
    ['X: \r\n \r\n\ta\r\n', 'a'],
    ['X: a\r\n \r\n', 'a'],
    ['X: a\r\n b: c\r\n\td\r\n', 'a b: c d'],
  ])('%j is %j', (text, value) => {
    const { headers, raw } = parseFields(`${text}Y: 1\r\n`, 0)
    expect([headers['x'], headers['y'], raw]).toEqual([value, '1', ['X', value, 'Y', '1']])
  })

  it.each(['Content-Length', 'content-length', 'Transfer-Encoding', 'TRANSFER-ENCODING'])(
    'is refused where it frames the body: %s',
    (name) => {
      for (const text of ['\r\n 2', ' 2\r\n ', ' chunked\r\n\t', '\r\n chunked'])
        expect(() => parseFields(`${name}:${text}\r\n`, 0)).toThrow(MalformedMessage)
    },
  )

  // In quadratic time it takes longer than a test may.
  it('is read in linear time', () => {
    const { headers } = parseFields(`X:${'\r\n a'.repeat(400_000)}\r\n`, 0)
    expect(headers['x']).toHaveLength(2 * 400_000 - 1)
    expect(parseFields(`X:${' '.repeat(800_000)}\r\n${' '.repeat(800_000)}\r\n`, 0).raw).toEqual(['X', ''])
  })
})

describe('parseHead: field names', () => {
  it('are in lower case in the record and unchanged in the raw list', () => {
    const many = Array.from({ length: 1200 }, (_, index) => `X-Name-${index}`)
    for (const name of [...many, ...many, 'x-name-0', 'X-NAME-0', `X-${'Y'.repeat(100)}`]) {
      const { headers, raw } = parseFields(`${name}: 1\r\n`, 0)
      expect(Object.keys(headers)).toEqual([name.toLowerCase()])
      expect(raw).toEqual([name, '1'])
    }
  })

  it.each(['constructor', '__proto__', 'toString'])('may be %s', (name) => {
    const { headers } = parseFields(`${name}: 1\r\n${name}: 2\r\n`, 0)
    expect(Object.entries(headers)).toEqual([[name.toLowerCase(), ['1', '2']]])
  })

  it.each([': 1', ' a: 1', 'a : 1', 'a\tb: 1', 'é: 1', '"a": 1'])('are not those of %j', (line) => {
    for (let time = 0; time < 2; time += 1)
      expect(() => parseFields(`${line}\r\n`, 0)).toThrow(MalformedMessage)
  })
})
