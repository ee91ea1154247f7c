import { resolve } from 'node:path'
import { InvalidRequestError, SessionError, own } from '@session-fetch/core'
import { type CookieChange, type CookieDocument, type CookieFormat, editDocument } from './cookie-document.js'
import { checkNames } from '../check-names.js'
import { type CookieLimits, CookieMap } from './cookie-map.js'
import { type CookieRecord, recordKey } from './cookie-record.js'
import { withFileLock } from '../locks/file-lock.js'
import { MAX_IMPORT_TEXT, type RefusedEntry, importCookies } from './import-cookies.js'
import { MapJar } from './map-jar.js'
import { readPrivateFile, replacePrivateFile } from './private-file.js'
import { emptyDocument, readDocument } from './read-document.js'

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

/**
 * Cookies that outlive the process, in a file that nobody but its owner may read. Several processes may use one
 * file: each saves what it changed, over what the others did.
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

  private constructor(file: OpenedFile) {
    this.path = file.path
    this.map = file.map
    this.rejected = file.rejected
    this.#format = file.format
    this.#sessionCookies = file.sessionCookies
    this.map.news.watch({
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
    const opened = await guarded('read', full, () => load(full, format, limits))
    return new FileCookieJar({ path: full, sessionCookies, ...opened })
  }

  /** Saves what changed. A crash at any moment leaves the old file or the new one. */
  flush(): Promise<void> {
    const saved = this.#saving.then(() => guarded('save', this.path, () => this.#save()))
    this.#saving = saved.catch(() => {})
    return saved
  }

  async close(): Promise<void> {
    await this.flush()
  }

  async #save(): Promise<void> {
    if (this.#changes.size === 0) return
    await withFileLock(`${this.path}.lock`, async () => {
      const changes = this.#changes
      this.#changes = new Map()
      try {
        const bytes = this.#merged(await readPrivateFile(this.path, MAX_IMPORT_TEXT), changes)
        if (bytes !== null) await replacePrivateFile(this.path, bytes)
      } catch (error) {
        this.#changes = new Map([...changes, ...this.#changes])
        throw error
      }
    })
  }

  /** What the file is to hold: what others left there, and our changes over it; `null` where that is what it holds. */
  #merged(old: Buffer | null, changes: ReadonlyMap<string, CookieChange>): Buffer | null {
    const text = editDocument(documentIn(old, this.#format), changes, this.#sessionCookies)
    const bytes = Buffer.from(text, 'latin1')
    const before = old ?? Buffer.from(editDocument(emptyDocument(this.#format), new Map(), false), 'latin1')
    return bytes.equals(before) ? null : bytes
  }

  #note(record: CookieRecord, gone: boolean): void {
    const change = this.#format === 'netscape' ? this.#flat(record, gone) : { record, gone }
    if (change !== null) this.#changes.set(recordKey(change.record), change)
  }

  /** A `cookies.txt` has one place for a cookie and its partitioned namesake: the site's own comes first. */
  #flat(record: CookieRecord, gone: boolean): CookieChange | null {
    const twin = this.map.twinOf(record)
    if (twin !== undefined && (record.partitioned || gone))
      return record.partitioned ? null : this.#flat(twin, false)
    return record.partitioned ? { record: { ...record, partitioned: false }, gone } : { record, gone }
  }
}

interface OpenedFile {
  path: string
  map: CookieMap
  rejected: readonly RefusedEntry[]
  format: CookieFormat
  sessionCookies: boolean
}

async function load(
  path: string,
  format: CookieFormat | undefined,
  limits: Partial<CookieLimits> | undefined,
): Promise<{ map: CookieMap; rejected: readonly RefusedEntry[]; format: CookieFormat }> {
  const map = new CookieMap(limits)
  const document = documentIn(await readPrivateFile(path, MAX_IMPORT_TEXT), formatOf(path), format)
  const entries = document.items.flatMap(({ entry }) => (entry === undefined ? [] : [entry]))
  const { rejected } = await importCookies(entries, new MapJar(map))
  return { map, rejected, format: document.format }
}

/** @param asked - what the file has to be; a new one is `usual` */
function documentIn(bytes: Buffer | null, usual: CookieFormat, asked?: CookieFormat): CookieDocument {
  const text = bytes?.toString('latin1') ?? ''
  return text.trim() === '' ? emptyDocument(asked ?? usual) : readDocument(text, asked)
}

function formatOf(path: string): CookieFormat {
  return path.endsWith('.txt') ? 'netscape' : 'json'
}

async function guarded<Result>(verb: string, path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    const why = cause instanceof InvalidRequestError ? `: ${cause.message}` : ''
    throw new SessionError(
      `The cookie file ${path} could not be ${verb === 'read' ? 'read' : 'saved'}${why}`,
      {
        cause,
      },
    )
  }
}
