import { type CookieRecord, recordKey } from '../rules/cookie-record.js'
import { type CookieEntry, admitEntry } from '../rules/entry.js'
import { MAX_ENTRIES } from './import.js'

/** The format of a cookie file: cookies as JSON, a `cookies.txt`, or a `storageState` of Playwright. */
export type CookieFormat = 'json' | 'netscape' | 'storageState'

/** An item of a cookie file: a line, or an element of a list. */
export interface DocumentItem {
  readonly raw: unknown
  /** `null` for an invalid cookie; `undefined` for other items, such as comments. */
  readonly entry: CookieEntry | null | undefined
}

/** A parsed cookie file. Everything else in it is kept when it is written back. */
export interface CookieDocument {
  readonly format: CookieFormat
  readonly items: readonly DocumentItem[]
  /**
   * Encodes a cookie for the file; `null` if the format cannot represent it.
   *
   * @param old The raw item that it replaces.
   */
  readonly toRaw: (record: CookieRecord, old?: unknown) => unknown
  /** Encodes the whole file, one character per byte. */
  readonly write: (raws: readonly unknown[]) => string
}

/** A change of a cookie since the file was read. */
export interface CookieChange {
  readonly record: CookieRecord
  readonly gone: boolean
}

/**
 * Applies changes to a file. Everything else in it is kept, including rejected cookies; only expired ones are
 * removed.
 *
 * @param sessionCookies Whether to add session cookies; those already in the file are always updated.
 */
export function editDocument(
  document: CookieDocument,
  changes: ReadonlyMap<string, CookieChange>,
  sessionCookies: boolean,
): string {
  const now = Date.now()
  // another process may have prolonged a cookie that expired here
  const open = new Map([...changes].filter(([, { record }]) => record.expires > now))
  const done = new Set<string>()
  const raws: unknown[] = []
  let seen = 0
  for (const { raw, entry } of document.items) {
    if (entry !== undefined) seen += 1
    const known = entry && seen <= MAX_ENTRIES ? admitEntry(entry, now) : 'malformed'
    if (known === 'expired') continue
    const key = typeof known === 'string' ? '' : recordKey(known)
    const change = open.get(key)
    if (change === undefined || typeof known === 'string') raws.push(raw)
    else if (!done.has(key)) {
      done.add(key)
      raws.push(rawOf(document, change, { old: raw, session: sessionCookies || known.expires === Infinity }))
    }
  }
  for (const [key, change] of open) {
    if (!done.has(key)) raws.push(rawOf(document, change, { session: sessionCookies }))
  }
  return document.write(raws.filter((raw) => raw !== null))
}

function rawOf(
  { toRaw }: CookieDocument,
  { record, gone }: CookieChange,
  { session, old }: { session: boolean; old?: unknown },
): unknown {
  return gone || (record.expires === Infinity && !session) ? null : toRaw(record, old)
}
