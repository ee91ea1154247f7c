/** One well-formed UTF-8 sequence beyond ASCII, or one byte that belongs to none; a character stands for a byte. */
const SEQUENCE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g
const BEYOND_ASCII = /[^\0-\x7f]/gu
/** Where a byte that is no UTF-8 goes in text: U+DC80 to U+DCFF, as Python's `surrogateescape` (PEP 383) has it. */
const ESCAPES = 0xdc00

/**
 * The bytes of a cookie, one character each, as text: UTF-8. A byte that is no UTF-8 becomes a lone surrogate, from
 * which `cookieBytes` makes the same byte again.
 */
export function cookieText(bytes: string): string {
  return bytes.replace(SEQUENCE, (sequence) => {
    if (sequence.length > 1) return decodeURIComponent(escaped(sequence))
    return String.fromCharCode(ESCAPES + sequence.charCodeAt(0))
  })
}

/**
 * The bytes, one character each, that text is in UTF-8. A lone surrogate that stands for no byte stays as it is, which
 * no cookie may hold.
 */
export function cookieBytes(text: string): string {
  return text.replace(BEYOND_ASCII, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code < 0xd800 || code > 0xdfff) return unescaped(encodeURIComponent(character))
    return code >= ESCAPES + 0x80 && code <= ESCAPES + 0xff ? String.fromCharCode(code - ESCAPES) : character
  })
}

/** Whether text stands for bytes that are no UTF-8, which other programs would write as something else. */
export function hasRawBytes(text: string): boolean {
  return /[\udc80-\udcff]/u.test(text)
}

function escaped(bytes: string): string {
  return bytes.replace(/./gs, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
}

function unescaped(text: string): string {
  return text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
