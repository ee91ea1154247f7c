import type { CookieEntry } from './cookie-entry.js'
import type { CookieRecord } from './cookie-record.js'
import { type ReadEntries, checkImportText } from './import-cookies.js'

/** The first line, by which wget and Python know the format. */
const MAGIC = '# Netscape HTTP Cookie File'
const HTTP_ONLY = '#HttpOnly_'

/**
 * A `cookies.txt` as curl, wget, yt-dlp and Python read it. SameSite has no place in it; cookies without a name,
 * and those with a tab in them, cannot be written and are left out.
 */
export function writeNetscape(records: readonly CookieRecord[]): string {
  const lines = records.filter(isWritable).map(toLine)
  return `${[MAGIC, '', ...lines].join('\n')}\n`
}

/** Reads a `cookies.txt`: comments and blank lines are passed over, curl's `#HttpOnly_` mark is understood. */
export function readNetscape(text: string): ReadEntries {
  const lines = checkImportText(text).split(/\r?\n/)
  return lines.filter(isCookieLine).map(toEntry)
}

function isWritable({ name, value, path }: CookieRecord): boolean {
  return name !== '' && !`${name}${value}${path}`.includes('\t')
}

function toLine(record: CookieRecord): string {
  const { name, value, domain, hostOnly, path, expires, secure, httpOnly } = record
  return [
    `${httpOnly ? HTTP_ONLY : ''}${hostOnly ? '' : '.'}${domain}`,
    yesOrNo(!hostOnly),
    path,
    yesOrNo(secure),
    expires === Infinity ? '0' : String(Math.max(Math.floor(expires / 1000), 1)),
    name,
    value,
  ].join('\t')
}

function isCookieLine(line: string): boolean {
  return line.trim() !== '' && (!line.startsWith('#') || line.startsWith(HTTP_ONLY))
}

function toEntry(line: string): CookieEntry | null {
  const httpOnly = line.startsWith(HTTP_ONLY)
  const fields = (httpOnly ? line.slice(HTTP_ONLY.length) : line).split('\t')
  const [domain, subdomains, path, secure, expires, name, value = ''] = fields
  if (domain === undefined || path === undefined || name === undefined || fields.length > 7) return null
  return {
    name,
    value,
    domain,
    hostOnly: subdomains?.toUpperCase() !== 'TRUE',
    path,
    expires: toExpiry(expires),
    secure: secure?.toUpperCase() === 'TRUE',
    httpOnly,
    sameSite: undefined,
    creation: Number.NaN,
  }
}

function toExpiry(seconds: string | undefined): number {
  if (seconds === undefined || !/^-?\d+(?:\.\d+)?$/.test(seconds)) return Number.NaN
  return Number(seconds) === 0 ? Infinity : Number(seconds) * 1000
}

function yesOrNo(flag: boolean): string {
  return flag ? 'TRUE' : 'FALSE'
}
