import type { WireCase } from './wire-case.js'

/** Where a session does otherwise than Node's parser, and why. */
export interface Deviation {
  readonly reason: string
  /** Whether this case is one of it. Its bytes come as latin-1, too. */
  readonly covers: (text: string, wire: WireCase) => boolean
}

/** The size of a chunk with extensions. */
const EXTENDED = /^[\da-f]+(?:;[!#$%&'*+.^_`|~\w-]+(?:=(?:[!#$%&'*+.^_`|~\w-]+|"(?:[^"\\]|\\.)*"))?)*$/i

/** All responses that a session may refuse although Node's parser accepts them. */
export const STRICTER: readonly Deviation[] = [
  {
    reason: 'HTTP/1.0 and HTTP/1.1 are the only versions spoken (RFC 9112 §2.3)',
    covers: (text) => starts(text).some((line) => !/^HTTP\/1\.[01] /.test(line)),
  },
  {
    reason: 'nothing comes before a status line (RFC 9112 §2.1)',
    covers: (text) => /^[\r\n]/.test(text) || /\r\n\r\n[\r\n]+HTTP/.test(text),
  },
  {
    reason: 'a status is from 100 to 999 (RFC 9110 §15)',
    covers: (text) => starts(text).some((line) => / 0\d\d(?: |$)/.test(line)),
  },
  {
    reason: 'a reason has no control characters (RFC 9112 §4)',
    covers: (text) => starts(text).some((line) => line.split('').some(isControl)),
  },
  {
    reason: 'chunked is the only transfer coding, said once (RFC 9112 §6.1)',
    covers: (text) => codings(text).some((coding) => !/^chunked$/i.test(coding)) || codings(text).length > 1,
  },
  {
    reason: 'a body has a length or chunks, not both (RFC 9112 §6.3)',
    covers: (text) => codings(text).length > 0 && /^Content-Length:/im.test(text),
  },
  {
    reason: 'HTTP/1.0 has no transfer codings (RFC 9112 §6.1)',
    covers: (text) => text.startsWith('HTTP/1.0') && codings(text).length > 0,
  },
  {
    reason: 'a bare carriage return is no blank, and ends no line (RFC 9112 §2.2)',
    covers: (text) => /\r(?!\n)/.test(text),
  },
  {
    reason: 'a protocol is not switched unasked (RFC 9110 §7.8)',
    covers: (text) => starts(text).some((line) => /^HTTP\/1\.[01] 101/.test(line)),
  },
  {
    reason: 'a connection that is lost ends no body (RFC 9112 §8)',
    covers: (_text, { ending }) => ending === 'reset',
  },
  {
    reason: 'a length that no double can hold cannot be counted (RFC 9110 §8.6)',
    covers: (text) => /^Content-Length:\s*\d{16,}/im.test(text),
  },
  {
    reason: 'the size of a chunk has at most 13 digits (RFC 9112 §7.1)',
    covers: (text) => /^[\da-f]{14,}/im.test(text),
  },
  {
    reason: 'the extension of a chunk has a name, and for a value a token or quoted text (RFC 9112 §7.1.1)',
    covers: (text) =>
      text.split('\r\n').some((line) => /^[\da-f]+[^\r\n]*;/i.test(line) && !EXTENDED.test(line)),
  },
]

/** All responses that a session may accept although Node's parser refuses them. */
export const LOOSER: readonly Deviation[] = [
  {
    reason: 'a value that goes on in the next line is joined by a space (RFC 9112 §5.2)',
    covers: (text) => /:[^\r\n]*(?:\r\n)[\t ]/.test(text),
  },
  {
    reason: 'blanks around the signs of an extension are none of it (RFC 9112 §7.1.1)',
    covers: (text) => /^[\da-f]+[^\r\n]*(?:[\t ][;=]|[;=][\t ])/im.test(text),
  },
  {
    reason: 'trailers are passed over, whatever their names (RFC 9110 §6.5.1)',
    covers: (text) =>
      /^0+(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*(?:Content-Length|Transfer-Encoding):/im.test(text),
  },
  {
    reason: 'a tab after a value is a blank (RFC 9110 §5.6.3)',
    covers: (text) => /^(?:Content-Length|Transfer-Encoding):.*\t *\r$/im.test(text),
  },
]

/** The status lines of all heads. */
function starts(text: string): string[] {
  const lines = text.split('\r\n\r\n').map((part) => part.split('\r\n', 1)[0] ?? '')
  return lines.filter((line, index) => index === 0 || line.startsWith('HTTP/'))
}

/** Bare carriage returns have a reason of their own. */
function isControl(character: string): boolean {
  return (character < ' ' && character !== '\t' && character !== '\r') || character === '\x7f'
}

function codings(text: string): string[] {
  return [...text.matchAll(/^Transfer-Encoding:[ \t]*([^\r\n]*?)[ \t]*\r$/gim)].map(([, value = '']) => value)
}
