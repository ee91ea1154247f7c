import { writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { InvalidRequestError, type SessionError } from '@session-fetch/core'
import { own } from '@session-fetch/core/adapter'
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
import type { CookieChange, CookieFormat } from '../formats/document.js'
import { MAX_IMPORT_TEXT, type RefusedEntry } from '../formats/import.js'
import type { CookieLimits, CookieMap } from '../jar/cookie-map.js'
import { type CookieRecord, recordKey } from '../rules/cookie-record.js'
import { editedFile, failure, guarded, isSaved, loadFile, saveAtExit } from './cookie-file.js'

export interface FileCookieJarOptions {
  /**
   * Default: what the file holds; for a new one `netscape`, which curl reads and writes, if its name ends in `.txt`,
   * else `json`. `storageState` is Playwright's.
   */
  format?: CookieFormat | undefined
  /** Whether cookies that end with the session are saved, too. Default: `false`. */
  sessionCookies?: boolean | undefined
  /** How many cookies are held. Default: 180 of a domain, 5000 in all. */
  limits?: Partial<CookieLimits> | undefined
}

/** How soon a change is saved, in milliseconds; what changes until then is saved with it. */
const SOON = 100
/** Saving takes at most one part in so many of the time. */
const SHARE = 20
/** Longest time that a change waits to be saved because saving takes long, in milliseconds. */
const LATEST = 10_000

/**
 * Cookies that outlive the process, in a file that only its owner may read. Several processes may use one file: each
 * saves what it changed, over what the others did, soon after the change and at the latest when the process ends.
 *
 * @example const jar = await FileCookieJar.open('cookies.json')
 *          const session = new Session({ jar }) // session.close() saves
 */
export class FileCookieJar {
  static {
    if (Symbol.asyncDispose) {
      Object.defineProperty(this.prototype, Symbol.asyncDispose, {
        value(this: FileCookieJar) {
          return this.close()
        },
      })
    }
  }

  /** Saves. Where the runtime has the symbol. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>
  readonly path: string
  /** What the file held and was not taken. */
  readonly rejected: readonly RefusedEntry[]
  readonly map: CookieMap
  readonly #format: CookieFormat
  readonly #sessionCookies: boolean
  /** What changed since it was last saved, by domain and key: the cookie, or the one that is gone. */
  #changes: Map<string, CookieChange> = new Map()
  #saving: Promise<void> = Promise.resolve()
  /** What is being saved now, and by what it is held. */
  #underWay: UnderWay | null = null
  #timer: ReturnType<typeof io.setTimeout> | undefined
  #pause = SOON
  /** Whether it has been told that saving fails. */
  #warned = false
  readonly #atExit = { abandon: () => this.#abandon(), saveNow: () => this.#saveNow() }

  private constructor(file: OpenedFile) {
    if (!(Object(file) === file && 'map' in file))
      throw new InvalidRequestError('A FileCookieJar is opened; write await FileCookieJar.open(path)')
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
   * Loads a file, or begins a new one. Each cookie has to pass the rules as if a server had set it.
   *
   * @throws InvalidRequestError for an option that there is not
   * @throws SessionError if the file cannot be read, is a symbolic link, or holds something else than cookies; its
   *   `cause` says what
   */
  static async open(path: string, options: FileCookieJarOptions = {}): Promise<FileCookieJar> {
    checkNames('FileCookieJar.open', options, ['format', 'sessionCookies', 'limits'])
    const { format, sessionCookies = false, limits } = own(options)
    const full = resolve(path)
    const opened = await guarded('read', full, () => loadFile(full, format, limits))
    return new FileCookieJar({ path: full, sessionCookies, ...opened })
  }

  /**
   * Saves what changed, which otherwise happens soon. A crash at any moment leaves the old file or the new one.
   *
   * @throws SessionError if that fails; what changed is tried again with the next change, `flush()` or `close()`, and
   *   when the process ends
   */
  flush(): Promise<void> {
    io.clearTimeout(this.#timer)
    this.#timer = undefined
    const saved = this.#saving.then(() => guarded('saved', this.path, () => this.#save()))
    this.#saving = saved.catch(() => {})
    return saved
  }

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
    this.#pause = Math.min(Math.max(SOON, (io.now() - start) * SHARE), LATEST)
  }

  #begin(lock: HeldLock): ReadonlyMap<string, CookieChange> {
    const changes = this.#changes
    this.#changes = new Map()
    this.#underWay = { changes, lock, temporary: temporaryName(this.path) }
    return changes
  }

  #edited(old: Buffer | null, changes: ReadonlyMap<string, CookieChange>): Buffer | null {
    return editedFile(old, changes, { format: this.#format, sessionCookies: this.#sessionCookies })
  }

  #replacement(bytes: Buffer): Replacement {
    const { lock, temporary } = this.#underWay ?? gaveUp()
    const check = (): void => {
      if (!lock.isHeld()) gaveUp()
    }
    return { bytes, temporary, check }
  }

  #done(): void {
    this.#underWay = null
    this.#warned = false
    if (this.#changes.size === 0) isSaved(this.#atExit)
  }

  /** What was being saved is still to be saved, unless it changed again. */
  #abandon(): void {
    if (this.#underWay === null) return
    const { changes, lock, temporary } = this.#underWay
    this.#underWay = null
    this.#changes = new Map([...changes, ...this.#changes])
    removeFile(temporary)
    lock.release()
  }

  /** While the process ends, nothing waits for anything, and no warning is shown any more. */
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
      tellAtExit(failure('saved', this.path, error))
    }
  }

  /** Saves soon, and everything that changes until then at once. The process does not stay for that alone. */
  #saveSoon(): void {
    saveAtExit(this.#atExit)
    if (this.#timer !== undefined) return
    this.#timer = io.setTimeout(() => {
      this.flush().catch((error: SessionError) => this.#warn(error))
    }, this.#pause)
    unrefTimer(this.#timer)
  }

  #warn({ message, cause }: SessionError): void {
    if (this.#warned) return
    this.#warned = true
    const detail = `${describe(cause)}. It is tried again with the next change, by flush() and close(), and at the end.`
    process.emitWarning(message, { code: 'SESSION_COOKIES_UNSAVED', detail })
  }

  #note(record: CookieRecord, gone: boolean): void {
    const change = this.#format === 'netscape' ? this.#flat(record, gone) : { record, gone }
    if (change === null) return
    this.#changes.set(recordKey(change.record), change)
    this.#saveSoon()
  }

  /** A `cookies.txt` has one place for a cookie and its partitioned namesake: the site's own comes first. */
  #flat(record: CookieRecord, gone: boolean): CookieChange | null {
    const twin = this.map.twinOf(record)
    if (twin !== undefined && (record.partitioned || gone))
      return record.partitioned ? null : this.#flat(twin, false)
    return record.partitioned ? { record: { ...record, partitioned: false }, gone } : { record, gone }
  }
}

interface UnderWay {
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

function gaveUp(): never {
  throw new Error('The lock of the cookie file was lost to another process')
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

function tellAtExit({ message, cause }: SessionError): void {
  try {
    writeSync(process.stderr.fd, `${message}: ${describe(cause)}\n`)
  } catch {
    // There is nobody left to tell.
  }
}
