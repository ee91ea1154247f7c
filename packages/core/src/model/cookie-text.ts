/** One well-formed non-ASCII UTF-8 sequence, or one invalid byte, in a binary string. */
const SEQUENCE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g
const BEYOND_ASCII = /[^\0-\x7f]/gu
/** Invalid bytes map to U+DC80…U+DCFF, as in Python's `surrogateescape` (PEP 383). */
const ESCAPES = 0xdc00

/**
 * Decodes the binary string of a cookie as UTF-8. An invalid byte becomes a lone surrogate, which `cookieBytes`
 * encodes as the same byte.
 */
export function cookieText(bytes: string): string {
  return bytes.replace(SEQUENCE, (sequence) => {
    if (sequence.length > 1) return decodeURIComponent(escaped(sequence))
    return String.fromCharCode(ESCAPES + sequence.charCodeAt(0))
  })
}

/** Encodes text as a binary string of UTF-8. Other lone surrogates are kept, and are invalid in cookies. */
export function cookieBytes(text: string): string {
  return text.replace(BEYOND_ASCII, (character) => {
    const code = character.codePointAt(0) ?? 0
    if (code < 0xd800 || code > 0xdfff) return unescaped(encodeURIComponent(character))
    return code >= ESCAPES + 0x80 && code <= ESCAPES + 0xff ? String.fromCharCode(code - ESCAPES) : character
  })
}

/** Whether text contains bytes that are not UTF-8, which other programs would encode differently. */
export function hasRawBytes(text: string): boolean {
  return /[\udc80-\udcff]/u.test(text)
}

function escaped(bytes: string): string {
  return bytes.replace(/./gs, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
}

function unescaped(text: string): string {
  return text.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
