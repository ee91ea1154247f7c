import { InvalidRequestError, SessionError } from '@session-fetch/core'
import { readPrivateFile } from '../files/private-file.js'
import {
  type CookieChange,
  type CookieDocument,
  type CookieFormat,
  editDocument,
} from '../formats/document.js'
import { MAX_IMPORT_TEXT, type RefusedEntry, importCookies } from '../formats/import.js'
import { emptyDocument, readDocument } from '../formats/read.js'
import { type CookieLimits, CookieMap } from '../jar/cookie-map.js'
import { MemoryJar } from '../jar/memory-jar.js'

/**
 * What a cookie file holds; nothing, where there is none.
 *
 * @param format - what it has to be
 */
export async function loadFile(
  path: string,
  format: CookieFormat | undefined,
  limits: Partial<CookieLimits> | undefined,
): Promise<{ map: CookieMap; rejected: readonly RefusedEntry[]; format: CookieFormat }> {
  const map = new CookieMap(limits)
  const document = documentIn(await readPrivateFile(path, MAX_IMPORT_TEXT), formatOf(path), format)
  const entries = document.items.flatMap(({ entry }) => (entry === undefined ? [] : [entry]))
  const { rejected } = await importCookies(entries, new MemoryJar(map))
  return { map, rejected, format: document.format }
}

/** What the file is to hold: what others left there, and our changes over it; `null` where that is what it holds. */
export function editedFile(
  old: Buffer | null,
  changes: ReadonlyMap<string, CookieChange>,
  { format, sessionCookies }: { format: CookieFormat; sessionCookies: boolean },
): Buffer | null {
  const bytes = Buffer.from(editDocument(documentIn(old, format), changes, sessionCookies), 'latin1')
  const before = old ?? Buffer.from(editDocument(emptyDocument(format), new Map(), false), 'latin1')
  return bytes.equals(before) ? null : bytes
}

/** @param asked - what the file has to be; a new one is `usual` */
function documentIn(bytes: Buffer | null, usual: CookieFormat, asked?: CookieFormat): CookieDocument {
  const text = bytes?.toString('latin1') ?? ''
  return /^(?:\xef\xbb\xbf)?[ \t\r\n]*$/.test(text)
    ? emptyDocument(asked ?? usual)
    : readDocument(text, asked)
}

function formatOf(path: string): CookieFormat {
  return path.endsWith('.txt') ? 'netscape' : 'json'
}

/** Work whose failure is told with the file's name. @throws SessionError */
export async function guarded<Result>(
  done: 'read' | 'saved',
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    throw failure(done, path, cause)
  }
}

export function failure(done: 'read' | 'saved', path: string, cause: unknown): SessionError {
  const why = cause instanceof InvalidRequestError ? `: ${cause.message}` : ''
  return new SessionError(`The cookie file ${path} could not be ${done}${why}`, { cause })
}

/** What a process that ends has to save. */
interface Unsaved {
  /** Gives up what is being saved: nothing more happens in this process that could finish it. */
  abandon(): void
  /** Saves at once, and never throws. */
  saveNow(): void
}

const unsaved: Set<Unsaved> = new Set()

/** Saves it when the process ends, however it does so, unless a signal ends it at once. */
export function saveAtExit(one: Unsaved): void {
  if (unsaved.size === 0) process.on('exit', saveAll)
  unsaved.add(one)
}

/** It is saved; the process may end without it. */
export function isSaved(one: Unsaved): void {
  unsaved.delete(one)
  if (unsaved.size === 0) process.off('exit', saveAll)
}

/** First all let go: two of them may wait for the lock of one file. */
function saveAll(): void {
  for (const one of unsaved) one.abandon()
  for (const one of unsaved) one.saveNow()
}
