import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  cookieBytes,
  cookieText,
  fromHeaderValue,
  hasRawBytes,
  headersAreText,
  toHeaderValue,
} from '../layers/cookies.js'

afterEach(() => vi.unstubAllGlobals())

/** Headers as workerd has them, as far as they are asked. */
function haveTextHeaders(): void {
  vi.stubGlobal(
    'Headers',
    class {
      readonly has = (): boolean => true
    },
  )
}

const bytesOf = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text))

describe('cookieText', () => {
  it.each(['', 'plain', 'zürich', 'Łódź', '日本', '😀', 'a\u0085b', '\u07ff\u0800\uffff\u{10000}\u{10ffff}'])(
    'is what the UTF-8 bytes of %j say',
    (text) => {
      expect(cookieText(bytesOf(text))).toBe(text)
      expect(cookieBytes(text)).toBe(bytesOf(text))
      expect(hasRawBytes(text)).toBe(false)
    },
  )

  it.each([
    ['latin-1', 'caf\xe9'],
    ['a lone continuation', '\x80a\xbf'],
    ['a sequence cut short', 'a\xe2\x82'],
    ['an overlong slash', '\xc0\xaf'],
    ['an overlong NUL', '\xe0\x80\x80'],
    ['a surrogate in UTF-8', '\xed\xa0\x80'],
    ['what is beyond Unicode', '\xf4\x90\x80\x80\xff'],
    ['text and bytes together', 'z\xc3\xbcrich \xfcber'],
  ])('keeps %s, byte for byte', (_what, bytes) => {
    const text = cookieText(bytes)
    expect(hasRawBytes(text)).toBe(true)
    expect(cookieBytes(text)).toBe(bytes)
    expect(cookieBytes(JSON.parse(JSON.stringify(text)) as string)).toBe(bytes)
    expect(text).not.toMatch(/[/;]|\p{Cc}/u)
  })

  it('round-trips every pair of bytes', () => {
    for (let first = 0; first < 256; first += 1) {
      for (let second = 0; second < 256; second += 1) {
        const bytes = String.fromCharCode(first, second)
        if (cookieBytes(cookieText(bytes)) !== bytes) throw new Error(`${first} ${second}`)
      }
    }
    expect(cookieText('\xc3\xbc')).toBe('ü')
  })
})

describe('cookieBytes', () => {
  it('keeps a surrogate that represents no byte', () => {
    expect(cookieBytes('\ud83d')).toBe('\ud83d')
    expect(cookieBytes('\udc00\udc7f\udd00')).toBe('\udc00\udc7f\udd00')
  })
})

describe('headersAreText', () => {
  it('distinguishes bytes, as in the standard, from text', () => {
    expect(headersAreText()).toBe(false)
    haveTextHeaders()
    expect(headersAreText()).toBe(true)
    vi.unstubAllGlobals()
    expect(headersAreText()).toBe(false)
  })
})

describe('fromHeaderValue', () => {
  it.each([
    ['latin-1', 'caf\xe9', 'caf\xe9'],
    ['UTF-8', 'z\xc3\xbcrich', 'z\xc3\xbcrich'],
    ['text that no header has', 'Łódź', bytesOf('Łódź')],
  ])('keeps the bytes of the standard: %s', (_what, value, bytes) => {
    expect(fromHeaderValue(value)).toBe(bytes)
  })

  it.each(['zürich', 'Łódź', '日本', '😀', 'plain'])(
    'encodes the text of other engines, once: %s',
    (text) => {
      haveTextHeaders()
      expect(fromHeaderValue(text)).toBe(bytesOf(text))
      expect(fromHeaderValue(bytesOf(text))).toBe(bytesOf(text))
    },
  )
})

describe('toHeaderValue', () => {
  it('keeps bytes unchanged in the standard', () => {
    expect(toHeaderValue('z\xc3\xbcrich caf\xe9')).toBe('z\xc3\xbcrich caf\xe9')
  })

  it.each(['zürich', 'Łódź', '日本', '😀', 'plain'])('is text in other engines: %s', (text) => {
    haveTextHeaders()
    expect(toHeaderValue(bytesOf(text))).toBe(text)
    expect(toHeaderValue(text)).toBe(text)
    expect(toHeaderValue(`a=${text}; b=${bytesOf(text)}; c=\xe9`)).toBe(`a=${text}; b=${text}; c=\xe9`)
  })
})
