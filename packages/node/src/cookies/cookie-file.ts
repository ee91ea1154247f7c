import { InvalidRequestError, SessionError } from '@session-fetch/core'
import type { CookieFormat, CookieLimits, RefusedEntry } from '@session-fetch/cookies'
import {
  type CookieChange,
  type CookieDocument,
  CookieMap,
  MAX_IMPORT_TEXT,
  MemoryJar,
  editDocument,
  emptyDocument,
  importCookies,
  readDocument,
} from '@session-fetch/cookies/adapter'
import { readPrivateFile } from '../files/private-file.js'

/**
 * Loads a cookie file; a missing file is empty.
 *
 * @param format The required format.
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

/** The new content of a file: its current content with the changes applied; `null` if it stays the same. */
export function editedFile(
  old: Buffer | null,
  changes: ReadonlyMap<string, CookieChange>,
  { format, sessionCookies }: { format: CookieFormat; sessionCookies: boolean },
): Buffer | null {
  const bytes = Buffer.from(editDocument(documentIn(old, format), changes, sessionCookies), 'latin1')
  const before = old ?? Buffer.from(editDocument(emptyDocument(format), new Map(), false), 'latin1')
  return bytes.equals(before) ? null : bytes
}

/**
 * @param required The required format.
 * @param fallback The format of a new file.
 */
function documentIn(bytes: Buffer | null, fallback: CookieFormat, required?: CookieFormat): CookieDocument {
  const text = bytes?.toString('latin1') ?? ''
  return /^(?:\xef\xbb\xbf)?[ \t\r\n]*$/.test(text)
    ? emptyDocument(required ?? fallback)
    : readDocument(text, required)
}

function formatOf(path: string): CookieFormat {
  return path.endsWith('.txt') ? 'netscape' : 'json'
}

/** Adds the file name to the error of `work`. @throws SessionError */
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

/** A jar with unsaved changes. */
interface Unsaved {
  /** Cancels a save in progress, which cannot finish while the process exits. */
  abandon(): void
  /** Saves synchronously; never throws. */
  saveNow(): void
}

const unsaved: Set<Unsaved> = new Set()

/** Saves the jar when the process exits, unless it is killed by a signal. */
export function saveAtExit(one: Unsaved): void {
  if (unsaved.size === 0) process.on('exit', saveAll)
  unsaved.add(one)
}

/** Removes the jar from those to be saved at exit. */
export function removeFromExit(one: Unsaved): void {
  unsaved.delete(one)
  if (unsaved.size === 0) process.off('exit', saveAll)
}

/** Abandons all saves first, because two jars may wait for the lock of the same file. */
function saveAll(): void {
  for (const one of unsaved) one.abandon()
  for (const one of unsaved) one.saveNow()
}
