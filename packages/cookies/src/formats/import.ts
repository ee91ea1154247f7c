import { InvalidRequestError } from '@session-fetch/core'
import type { Jar } from '../jar/jar.js'
import { type CookieEntry, admitEntry } from '../rules/entry.js'
import { type CookieRejection, shownName } from '../rules/rejection.js'

/** Maximum length of text to import, in characters. */
export const MAX_IMPORT_TEXT: number = 16 * 1024 * 1024
/** Maximum number of entries to import; further ones are rejected unread. */
export const MAX_ENTRIES = 50_000
/** Maximum number of rejections to report. */
const MAX_REPORTED = 1000

/** A rejected entry. */
export interface RefusedEntry {
  /** The index in the data, from 0. */
  readonly index: number
  /** The name; an empty text where it has none. */
  readonly name: string
  /** Why it was not stored. */
  readonly reason: CookieRejection
}

/** The result of an import. */
export interface CookieImport {
  /** The number of cookies that were stored. */
  readonly stored: number
  /** The first thousand rejected entries. */
  readonly rejected: readonly RefusedEntry[]
}

/** Parsed entries; `null` for one that is not a cookie. */
export type ReadEntries = readonly (CookieEntry | null)[]

/** Stores valid entries in a jar and reports the rest. */
export async function importCookies(entries: ReadEntries, jar: Pick<Jar, 'put'>): Promise<CookieImport> {
  const rejected: RefusedEntry[] = []
  const now = Date.now()
  let stored = 0
  for (const [index, entry] of entries.entries()) {
    const record = judge(entry, index, now)
    const refused = typeof record === 'string' ? record : jar.put(record, true)
    const reason = refused instanceof Promise ? await refused : refused
    if (reason === null) stored += 1
    else if (rejected.length < MAX_REPORTED)
      rejected.push({ index, name: shownName(entry?.name ?? ''), reason })
  }
  return { stored, rejected }
}

/** @throws InvalidRequestError if it is not a string, or too long for a cookie file */
export function checkImportText(text: string): string {
  if (typeof text === 'string' && text.length <= MAX_IMPORT_TEXT) return text
  throw new InvalidRequestError(`cookies: a cookie file is text of at most ${MAX_IMPORT_TEXT} characters`)
}

function judge(entry: CookieEntry | null, index: number, now: number): ReturnType<typeof admitEntry> {
  if (index >= MAX_ENTRIES) return 'too-many'
  return entry === null ? 'malformed' : admitEntry(entry, now)
}
