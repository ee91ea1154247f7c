import { cookieBytes, cookieText, hasRawBytes } from '@session-fetch/core/adapter'
import { type CookieRecord, recordKey } from '../rules/cookie-record.js'
import type { CookieEntry } from '../rules/entry.js'
import type { CookieDocument, DocumentItem } from './document.js'
import { type ReadEntries, checkImportText } from './import.js'

/** The first line, by which wget and Python recognise the format. */
const MAGIC = '# Netscape HTTP Cookie File'
/** The first line as Python accepts it; wget omits the name. */
const IS_MAGIC = /^#(?: Netscape)? HTTP Cookie File/
const HTTP_ONLY = '#HttpOnly_'
/** The lines by which files of Python's `http.cookiejar` are recognised. */
const PYTHON = ['# http://curl.haxx.se/rfc/cookie_spec.html', '# This is a generated file!  Do not edit.']

/**
 * Writes a `cookies.txt` for curl, wget, yt-dlp and Python. The format has no SameSite. Cookies without a name, with
 * a tab, or that are not UTF-8 cannot be represented and are left out.
 */
export function writeNetscape(records: readonly CookieRecord[]): string {
  const lines = withoutTwins(records).flatMap((record) => toLine(record) ?? [])
  return `${[MAGIC, '', ...lines.map(cookieText).filter((line) => !hasRawBytes(line))].join('\n')}\n`
}

/** Reads a `cookies.txt`. Comments and blank lines are skipped; curl's `#HttpOnly_` prefix is supported. */
export function readNetscape(text: string): ReadEntries {
  const { items } = linesOf(cookieBytes(checkImportText(text).replace(/^\ufeff/, '')))
  return items.flatMap(({ entry }) => (entry === undefined ? [] : [entry]))
}

/**
 * Parses a `cookies.txt`, one character per byte; `null` if it is something else. If the first line does not name
 * the format, every line but blanks and comments must be a cookie, and at least one must exist.
 */
export function netscapeDocument(bytes: string): CookieDocument | null {
  const { items, isPython, newline } = linesOf(bytes)
  const first = items.find(({ raw }) => raw.trim() !== '')
  const named = first !== undefined && IS_MAGIC.test(first.raw)
  const cookies = items.filter(({ entry }) => entry !== undefined)
  const isOther = cookies.length === 0 || !cookies.every(({ raw }) => isCookieLine(raw))
  if (first !== undefined && !named && isOther) return null
  return {
    format: 'netscape',
    items: first === undefined ? [] : items,
    toRaw: (record, old) => toLine(record, typeof old === 'string' ? old : undefined, isPython),
    write: (lines) => [...(named ? [] : [MAGIC, '']), ...lines, ''].join(newline),
  }
}

interface Line extends DocumentItem {
  readonly raw: string
}

function linesOf(bytes: string): { items: Line[]; isPython: boolean; newline: string } {
  const lines = bytes.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  const isPython = PYTHON.every((line) => lines.includes(line))
  const items = lines.map((raw) => ({ raw, entry: isComment(raw) ? undefined : toEntry(raw, isPython) }))
  return { items, isPython, newline: /^[^\n]*\r\n/.test(bytes) ? '\r\n' : '\n' }
}

function isComment(line: string): boolean {
  const text = line.trimStart()
  return text === '' || (text.startsWith('#') && !text.startsWith(HTTP_ONLY))
}

/** Whether a line has the fields of a cookie, and both flags are TRUE or FALSE. */
function isCookieLine(line: string): boolean {
  return /^[^\t]+\t(?:TRUE|FALSE)\t[^\t]*\t(?:TRUE|FALSE)\t[^\t]*\t[^\t]*(?:\t[^\t]*)?$/i.test(
    line.trimStart(),
  )
}

function toEntry(raw: string, isPython: boolean): CookieEntry | null {
  const line = raw.trimStart() // as curl does
  const httpOnly = line.startsWith(HTTP_ONLY)
  const fields = (httpOnly ? line.slice(HTTP_ONLY.length) : line).split('\t')
  const [domain, subdomains, path, secure, expires, name, value = ''] = isPython
    ? fields.map(fromPython)
    : fields
  if (domain === undefined || path === undefined || name === undefined || fields.length > 7) return null
  return {
    name,
    value,
    domain: hostIn(domain),
    hostOnly: subdomains?.toUpperCase() !== 'TRUE',
    path,
    expires: toExpiry(expires),
    secure: secure?.toUpperCase() === 'TRUE',
    httpOnly,
    sameSite: undefined,
    partition: undefined,
    creation: Number.NaN,
  }
}

/** wget adds the port to the host, and Python writes a host without dots as `<host>.local`. */
function hostIn(domain: string): string {
  const host = domain.replace(/^([^:]+|\[.*\]):\d+$/, '$1')
  return host === 'localhost.local' ? 'localhost' : host
}

/** Python decodes header bytes as latin-1 and writes the result as UTF-8. */
function fromPython(bytes: string): string {
  const text = cookieText(bytes)
  return /^[\0-\xff]*$/.test(text) ? text : bytes
}

/** curl, wget and browsers write 0 for a session cookie, Python an empty field. */
function toExpiry(seconds: string | undefined): number {
  if (seconds === '') return Infinity
  if (seconds === undefined || !/^-?\d+(?:\.\d+)?$/.test(seconds)) return Number.NaN
  return Number(seconds) === 0 ? Infinity : Number(seconds) * 1000
}

/**
 * @param old The line to replace, whose spelling of the domain is kept.
 * @returns `null` for a cookie that the format cannot represent
 */
function toLine(record: CookieRecord, old?: string, isPython: boolean = false): string | null {
  const { name, value, domain, hostOnly, path, expires, secure, httpOnly } = record
  if (name === '' || `${name}${value}${path}`.includes('\t')) return null
  const spelled = old?.trimStart().replace(HTTP_ONLY, '').split('\t')[0] ?? ''
  const endless = isPython ? '' : '0' // to Python, 0 means expired; to curl, a line without the field is invalid
  const fields = [
    spelled !== '' && spelled.startsWith('.') === !hostOnly ? spelled : `${hostOnly ? '' : '.'}${domain}`,
    yesOrNo(!hostOnly),
    path,
    yesOrNo(secure),
    expires === Infinity ? endless : String(Math.max(Math.floor(expires / 1000), 1)),
    name,
    value,
  ]
  return `${httpOnly ? HTTP_ONLY : ''}${(isPython ? fields.map(cookieBytes) : fields).join('\t')}`
}

/** The format cannot mark a cookie as partitioned, so of two twins the unpartitioned one is written. */
function withoutTwins(records: readonly CookieRecord[]): readonly CookieRecord[] {
  const own = new Set(records.filter(({ partitioned }) => !partitioned).map(recordKey))
  return records.filter(
    (record) => !record.partitioned || !own.has(recordKey({ ...record, partitioned: false })),
  )
}

function yesOrNo(flag: boolean): string {
  return flag ? 'TRUE' : 'FALSE'
}
