import { InvalidRequestError } from '@session-fetch/core'
import type { Jar } from '../jar/jar.js'
import { type CookieEntry, admitEntry } from '../rules/entry.js'
import { type CookieRejection, shownName } from '../rules/rejection.js'

/** Longest text that is read as cookies, in characters. */
export const MAX_IMPORT_TEXT: number = 16 * 1024 * 1024
/** Most entries that are looked at; further ones are refused unread. */
export const MAX_ENTRIES = 50_000
/** Most refusals that are told one by one. */
const MAX_REPORTED = 1000

/** An entry that was not taken. */
export interface RefusedEntry {
  /** Where it stood in the data, from 0. */
  readonly index: number
  readonly name: string
  readonly reason: CookieRejection
}

/** What became of imported cookies. */
export interface CookieImport {
  readonly stored: number
  /** The first thousand that were not. */
  readonly rejected: readonly RefusedEntry[]
}

/** What a format makes of its data: an entry for each cookie, and `null` for what is none. */
export type ReadEntries = readonly (CookieEntry | null)[]

/** Puts into a jar what its rules let in, and reports the rest. */
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

/** @throws InvalidRequestError for a text too long to be a cookie file */
export function checkImportText(text: string): string {
  if (text.length <= MAX_IMPORT_TEXT) return text
  throw new InvalidRequestError(`cookies: more than ${MAX_IMPORT_TEXT} characters are no cookie file`)
}

function judge(entry: CookieEntry | null, index: number, now: number): ReturnType<typeof admitEntry> {
  if (index >= MAX_ENTRIES) return 'too-many'
  return entry === null ? 'malformed' : admitEntry(entry, now)
}
