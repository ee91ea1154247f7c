/** The characters of a token (RFC 9110 §5.6.2), for use in a character class. */
export const TCHAR = "!#$%&'*+\\-.^_`|~0-9A-Za-z"

/** Written out, because bundlers keep a template in a page that does not use it. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** The bytes of a field value (RFC 9110 §5.5), as latin-1. `Headers` accepts more. */
const FIELD_TEXT = /^[\t\x20-\x7e\x80-\xff]*$/

export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** Whether text may be a field value: latin-1 without control characters other than tab. */
export function isFieldText(text: string): boolean {
  return FIELD_TEXT.test(text)
}

/**
 * Text without the spaces and tabs around it (RFC 9110 §5.6.3, OWS). `trim` would also remove bytes such as 0xA0, which
 * is the last byte of `à` in UTF-8.
 */
export function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return start === 0 && end === text.length ? text : text.slice(start, end)
}

/** Whether a character code is a space or a tab. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}
