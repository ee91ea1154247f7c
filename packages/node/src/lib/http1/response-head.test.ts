import { describe, expect, it } from 'vitest'
import { MalformedMessage } from './malformed.js'
import { parseFields } from './response-head.js'

describe('the names of fields', () => {
  it('are in lower case in the record and as they came beside it, however many have been seen', () => {
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
