import { type CookieRecord, recordKey } from '../rules/cookie-record.js'
import { type CookieEntry, admitEntry } from '../rules/entry.js'
import { MAX_ENTRIES } from './import.js'

/** What a cookie file may be: cookies as JSON, a `cookies.txt`, or a `storageState` of Playwright. */
export type CookieFormat = 'json' | 'netscape' | 'storageState'

/** One thing in a cookie file: a line, or a member of a list. */
export interface DocumentItem {
  readonly raw: unknown
  /** `null`: it is no cookie, though it should be; `undefined`: it is something else, such as a comment. */
  readonly entry: CookieEntry | null | undefined
}

/** A cookie file as it was read, so that what is not ours can be written back as it was. */
export interface CookieDocument {
  readonly format: CookieFormat
  readonly items: readonly DocumentItem[]
  /**
   * A cookie in the file's terms, or `null` where the format has no place for it.
   *
   * @param old - the raw item that it stands in place of
   */
  readonly toRaw: (record: CookieRecord, old?: unknown) => unknown
  /** The whole file, one character a byte. */
  readonly write: (raws: readonly unknown[]) => string
}

/** What became of a cookie since the file was read. */
export interface CookieChange {
  readonly record: CookieRecord
  readonly gone: boolean
}

/**
 * The file with what changed. Whatever else it holds stays as it was, what the rules refuse, too; only cookies that
 * have ended go.
 *
 * @param sessionCookies - whether cookies that end with the session are added; those in the file are kept up to date
 */
export function editDocument(
  document: CookieDocument,
  changes: ReadonlyMap<string, CookieChange>,
  sessionCookies: boolean,
): string {
  const now = Date.now()
  // What ended by itself, another process may have prolonged.
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
