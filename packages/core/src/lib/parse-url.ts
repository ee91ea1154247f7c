/**
 * The URL, or null where the text is none (WHATWG URL; `URL.parse`, which Node 20 lacks). Not `URL.canParse`:
 * once Node 20 has optimised a call of it, it refuses every text with a character from U+0080 to U+00FF.
 */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}
