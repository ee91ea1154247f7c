import { InvalidRequestError } from '@session-fetch/core'
import { cookieBytes, cookieText, hasRawBytes } from '@session-fetch/core/adapter'
import type { CookieDocument, CookieFormat } from './document.js'
import { jsonDocument } from './json.js'
import { netscapeDocument } from './netscape.js'
import { storageStateDocument } from './storage-state.js'

const EMPTY: Record<CookieFormat, string> = {
  json: '{"version":1,"cookies":[]}',
  netscape: '',
  storageState: '{"cookies":[],"origins":[]}',
}
const NAMES: Record<CookieFormat, string> = {
  json: 'cookies as JSON',
  netscape: 'a cookies.txt',
  storageState: "Playwright's storageState",
}

/**
 * Parses a cookie file. Its format is detected from the content.
 *
 * @param bytes One character per byte.
 * @param format The required format.
 * @throws InvalidRequestError if it is not a cookie file, or of another format
 */
export function readDocument(bytes: string, format?: CookieFormat): CookieDocument {
  const text = bytes.replace(/^\xef\xbb\xbf/, '')
  const document = /^[ \t\r\n]*[{[]/.test(text) ? readJsonText(text) : netscapeDocument(text)
  if (document === null) {
    throw new InvalidRequestError(
      `${whatItIs(bytes)}; a cookies.txt begins with the line "# Netscape HTTP Cookie File"`,
    )
  }
  if (format === undefined || document.format === format) return document
  throw new InvalidRequestError(
    `it contains ${NAMES[document.format]}; leave out format, or make it '${document.format}'`,
  )
}

/** A new, empty file. */
export function emptyDocument(format: CookieFormat): CookieDocument {
  return readDocument(EMPTY[format], format)
}

function readJsonText(bytes: string): CookieDocument {
  const text = cookieText(bytes)
  if (hasRawBytes(text)) throw new InvalidRequestError('it is not UTF-8')
  const data = parse(text)
  if (Array.isArray(data)) {
    throw new InvalidRequestError(
      'it is a list; a cookie file is an object with a list of cookies: { "cookies": [], "origins": [] } is a storageState',
    )
  }
  const document = storageStateDocument(data) ?? jsonDocument(data)
  if (document === null) throw new InvalidRequestError('it has no list of cookies')
  return { ...document, write: (raws) => `${cookieBytes(document.write(raws))}\n` }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidRequestError('it is not JSON') // the engine's message would quote the text
  }
}

function whatItIs(bytes: string): string {
  return /^(?:\xff\xfe|\xfe\xff)/.test(bytes) ? 'it is UTF-16, not UTF-8' : 'it is not a cookie file'
}
