import { writeSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CookieFormat, CookieLimits, RefusedEntry } from '@session-fetch/cookies'
import {
  type CookieChange,
  type CookieMap,
  type CookieRecord,
  KeptCookies,
  MAX_IMPORT_TEXT,
  checkLimits,
  recordKey,
} from '@session-fetch/cookies/adapter'
import { InvalidRequestError, type SessionError } from '@session-fetch/core'
import { beDisposable, own } from '@session-fetch/core/adapter'
import { checkNames } from '../base/check-names.js'
import { io, unrefTimer } from '../base/io.js'
import { withFileLock, withFileLockSync } from '../files/file-lock.js'
import {
  type Replacement,
  readPrivateFile,
  readPrivateFileSync,
  removeFile,
  replacePrivateFile,
  replacePrivateFileSync,
  temporaryName,
} from '../files/private-file.js'
import type { HeldLock } from '../files/process-lock.js'
import { editedFile, failure, guarded, removeFromExit, loadFile, saveAtExit } from './cookie-file.js'

/**
 * Options of `FileCookieJar.open`.
 *
 * @example
 * const options: FileCookieJarOptions = { format: 'netscape', sessionCookies: true }
 * const jar = await FileCookieJar.open('cookies', options)
 */
export interface FileCookieJarOptions {
  /**
   * The file format: `json`, `netscape` (a `cookies.txt`, which curl reads and writes) or `storageState`
   * (Playwright's). Default: that of the file; for a new file, `netscape` if the name ends in `.txt`, otherwise
   * `json`.
   */
  format?: CookieFormat | undefined
  /** Whether to save session cookies, too. Default: `false`. */
  sessionCookies?: boolean | undefined
  /** Maximum number of cookies. Default: 180 per domain, 5000 in all. */
  limits?: Partial<CookieLimits> | undefined
}

const FORMATS: readonly CookieFormat[] = ['json', 'netscape', 'storageState']
/** Minimum delay before a change is saved, in milliseconds; changes until then are saved together. */
const MIN_DELAY = 100
/** The delay is this many times the duration of the last save, so that saving takes at most 1/20 of the time. */
const DELAY_FACTOR = 20
/** Maximum delay of a save, in milliseconds. */
const MAX_DELAY = 10_000

/**
 * A cookie jar in a file that only its owner can read. Several processes may share a file: each merges its changes into
 * the file, shortly after a change and at the latest when the process exits.
 *
 * @example const jar = await FileCookieJar.open('cookies.json')
 *          const session = new Session({ jar }) // session.close() saves
 */
export class FileCookieJar extends KeptCookies {
  /** Saves. Present if the runtime has `Symbol.asyncDispose`. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>
  /** The path of the file, absolute. */
  readonly path: string
  /** Cookies of the file that were rejected. */
  readonly rejected: readonly RefusedEntry[]
  override readonly map: CookieMap
  readonly #format: CookieFormat
  readonly #sessionCookies: boolean
  /** Changes since the last save, by domain and key. */
  #changes: Map<string, CookieChange> = new Map()
  #saving: Promise<void> = Promise.resolve()
  /** The save in progress. */
  #current: Save | null = null
  #timer: ReturnType<typeof io.setTimeout> | undefined
  #delay = MIN_DELAY
  /** Whether a warning about failing saves was emitted. */
  #warned = false
  readonly #atExit = { abandon: () => this.#abandon(), saveNow: () => this.#saveNow() }

  private constructor(file: OpenedFile) {
    super()
    if (!(Object(file) === file && 'map' in file))
      throw new InvalidRequestError(
        'FileCookieJar has no public constructor; write await FileCookieJar.open(path)',
      )
    beDisposable(FileCookieJar.prototype)
    this.path = file.path
    this.map = file.map
    this.rejected = file.rejected
    this.#format = file.format
    this.#sessionCookies = file.sessionCookies
    this.map.events.watch({
      changed: (record) => this.#note(record, false),
      renewed: (record) => this.#note(record, false),
      deleted: (record) => this.#note(record, true),
    })
  }

  /**
   * Loads a file, or starts a new one. Each cookie is validated as if a server had set it.
   *
   * @throws InvalidRequestError for a path that is not text, and for an unknown option or format
   * @throws SessionError if the file cannot be read, is a symbolic link, or contains something other than cookies;
   *   see `cause`
   * @example const jar = await FileCookieJar.open('cookies.txt', { sessionCookies: true })
   */
  static async open(path: string, options: FileCookieJarOptions = {}): Promise<FileCookieJar> {
    checkNames('FileCookieJar.open', options, ['format', 'sessionCookies', 'limits'])
    const { format, sessionCookies = false, limits } = own(options)
    if (typeof path !== 'string' || path === '')
      throw new InvalidRequestError("FileCookieJar.open needs the path of a file, as in open('cookies.json')")
    if (format !== undefined && !FORMATS.includes(format))
      throw new InvalidRequestError(`FileCookieJar.open: format must be one of ${FORMATS.join(', ')}`)
    if (typeof sessionCookies !== 'boolean')
      throw new InvalidRequestError('FileCookieJar.open: sessionCookies must be true or false')
    if (limits !== undefined) checkLimits(limits)
    const full = resolve(path)
    const opened = await guarded('read', full, () => loadFile(full, format, limits))
    return new FileCookieJar({ path: full, sessionCookies, ...opened })
  }

  /**
   * Saves pending changes, which otherwise happens after a short delay. A crash leaves either the old or the new
   * file.
   *
   * @throws SessionError if saving fails; the changes are saved again with the next change, by `flush()` or
   *   `close()`, and when the process exits
   */
  override flush(): Promise<void> {
    io.clearTimeout(this.#timer)
    this.#timer = undefined
    const saved = this.#saving.then(() => guarded('saved', this.path, () => this.#save()))
    this.#saving = saved.catch(() => {})
    return saved
  }

  /**
   * Saves changes that are not saved yet.
   *
   * @example await jar.close() // a session that was given the jar does this
   */
  async close(): Promise<void> {
    await this.flush()
  }

  async #save(): Promise<void> {
    if (this.#changes.size === 0) return
    const start = io.now()
    await withFileLock(`${this.path}.lock`, async (lock) => {
      const changes = this.#begin(lock)
      try {
        const bytes = this.#edited(await readPrivateFile(this.path, MAX_IMPORT_TEXT), changes)
        if (bytes !== null) await replacePrivateFile(this.path, this.#replacement(bytes))
      } catch (error) {
        this.#abandon()
        throw error
      }
      this.#done()
    })
    this.#delay = Math.min(Math.max(MIN_DELAY, (io.now() - start) * DELAY_FACTOR), MAX_DELAY)
  }

  #begin(lock: HeldLock): ReadonlyMap<string, CookieChange> {
    const changes = this.#changes
    this.#changes = new Map()
    this.#current = { changes, lock, temporary: temporaryName(this.path) }
    return changes
  }

  #edited(old: Buffer | null, changes: ReadonlyMap<string, CookieChange>): Buffer | null {
    return editedFile(old, changes, { format: this.#format, sessionCookies: this.#sessionCookies })
  }

  #replacement(bytes: Buffer): Replacement {
    const { lock, temporary } = this.#current ?? lockLost()
    const check = (): void => {
      if (!lock.isHeld()) lockLost()
    }
    return { bytes, temporary, check }
  }

  #done(): void {
    this.#current = null
    this.#warned = false
    if (this.#changes.size === 0) removeFromExit(this.#atExit)
  }

  /** Restores the changes of a cancelled save, except those that were overwritten since. */
  #abandon(): void {
    if (this.#current === null) return
    const { changes, lock, temporary } = this.#current
    this.#current = null
    this.#changes = new Map([...changes, ...this.#changes])
    removeFile(temporary)
    lock.release()
  }

  /** Saves while the process exits: synchronously, and without warnings, which Node would no longer print. */
  #saveNow(): void {
    try {
      withFileLockSync(`${this.path}.lock`, (lock) => {
        const changes = this.#begin(lock)
        const bytes = this.#edited(readPrivateFileSync(this.path, MAX_IMPORT_TEXT), changes)
        if (bytes !== null) replacePrivateFileSync(this.path, this.#replacement(bytes))
        this.#done()
      })
    } catch (error) {
      this.#abandon()
      reportAtExit(failure('saved', this.path, error))
    }
  }

  /** Schedules a save. The timer does not keep the process alive. */
  #saveSoon(): void {
    saveAtExit(this.#atExit)
    if (this.#timer !== undefined) return
    this.#timer = io.setTimeout(() => {
      this.flush().catch((error: SessionError) => this.#warn(error))
    }, this.#delay)
    unrefTimer(this.#timer)
  }

  #warn({ message, cause }: SessionError): void {
    if (this.#warned) return
    this.#warned = true
    const detail = `${describe(cause)}. It will be saved again after the next change, by flush() or close(), and when the process exits.`
    process.emitWarning(message, { code: 'SESSION_COOKIES_UNSAVED', detail })
  }

  #note(record: CookieRecord, gone: boolean): void {
    const change = this.#format === 'netscape' ? this.#flat(record, gone) : { record, gone }
    if (change === null) return
    this.#changes.set(recordKey(change.record), change)
    this.#saveSoon()
  }

  /**
   * A `cookies.txt` cannot contain a cookie and its partitioned twin, so only the unpartitioned one is written.
   */
  #flat(record: CookieRecord, gone: boolean): CookieChange | null {
    const twin = this.map.twinOf(record)
    if (twin !== undefined && (record.partitioned || gone))
      return record.partitioned ? null : this.#flat(twin, false)
    return record.partitioned ? { record: { ...record, partitioned: false }, gone } : { record, gone }
  }
}

interface Save {
  readonly changes: ReadonlyMap<string, CookieChange>
  readonly lock: HeldLock
  readonly temporary: string
}

interface OpenedFile {
  path: string
  map: CookieMap
  rejected: readonly RefusedEntry[]
  format: CookieFormat
  sessionCookies: boolean
}

function lockLost(): never {
  throw new Error('The lock of the cookie file was lost to another process')
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

function reportAtExit({ message, cause }: SessionError): void {
  try {
    writeSync(process.stderr.fd, `${message}: ${describe(cause)}\n`)
  } catch {
    // stderr is closed
  }
}
