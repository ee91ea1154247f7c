import { resolve } from 'node:path'
import { SessionError, own } from '@session-fetch/core'
import { readJson, writeJson } from './cookie-json.js'
import { checkNames } from '../check-names.js'
import { type CookieLimits, CookieMap } from './cookie-map.js'
import { type CookieRecord, cookieKey, copyRecord } from './cookie-record.js'
import { withFileLock } from '../locks/file-lock.js'
import { MAX_IMPORT_TEXT, type RefusedEntry, importCookies } from './import-cookies.js'
import { MapJar } from './map-jar.js'
import { readNetscape, writeNetscape } from './netscape-cookies.js'
import { readPrivateFile, replacePrivateFile } from './private-file.js'

export interface FileCookieJarOptions {
  /** Default: `netscape`, which curl reads and writes, for a name that ends in `.txt`; else `json`. */
  format?: 'json' | 'netscape' | undefined
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
  readonly #format: keyof typeof FORMATS
  readonly #sessionCookies: boolean
  /** What changed since it was last saved, by domain and key: the cookie, or the one that is gone. */
  #changes: Map<string, Change> = new Map()
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
   * @throws SessionError if the file cannot be read, is a symbolic link, or is no cookie file
   */
  static async open(path: string, options: FileCookieJarOptions = {}): Promise<FileCookieJar> {
    checkNames('FileCookieJar.open', options, ['format', 'sessionCookies', 'limits'])
    const { format = formatOf(path), sessionCookies = false, limits } = own(options)
    const full = resolve(path)
    const { map, rejected } = await guarded('read', full, () => load(full, format, limits))
    return new FileCookieJar({ path: full, map, rejected, format, sessionCookies })
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
        await replacePrivateFile(this.path, await this.#merged(changes))
      } catch (error) {
        this.#changes = new Map([...changes, ...this.#changes])
        throw error
      }
    })
  }

  /** What the file is to hold: what others left there, and our changes over it. */
  async #merged(changes: ReadonlyMap<string, Change>): Promise<Buffer> {
    const now = Date.now()
    const { map } = await load(this.path, this.#format, this.map.limits)
    for (const { record, gone } of changes.values()) {
      if (record.expires <= now) continue // what ended by itself, another process may have prolonged
      const kept = !gone && (this.#sessionCookies || record.expires !== Infinity)
      if (kept) map.put(copyRecord(record), true, now)
      else map.delete(record)
    }
    const { encoding, write } = FORMATS[this.#format]
    return Buffer.from(write(map.all(now)), encoding)
  }

  #note(record: CookieRecord, gone: boolean): void {
    this.#changes.set(`${record.domain}\n${cookieKey(record)}`, { record, gone })
  }
}

interface OpenedFile {
  path: string
  map: CookieMap
  rejected: readonly RefusedEntry[]
  format: keyof typeof FORMATS
  sessionCookies: boolean
}

interface Change {
  readonly record: CookieRecord
  readonly gone: boolean
}

/** curl writes the bytes of a cookie as they came. */
const FORMATS = {
  json: {
    encoding: 'utf8',
    read: readJson,
    write: (records: CookieRecord[]) => `${JSON.stringify(writeJson(records), null, 2)}\n`,
  },
  netscape: { encoding: 'latin1', read: readNetscape, write: writeNetscape },
} as const

function formatOf(path: string): keyof typeof FORMATS {
  return path.endsWith('.txt') ? 'netscape' : 'json'
}

async function load(
  path: string,
  format: keyof typeof FORMATS,
  limits: Partial<CookieLimits> | undefined,
): Promise<{ map: CookieMap; rejected: readonly RefusedEntry[] }> {
  const map = new CookieMap(limits)
  const bytes = await readPrivateFile(path, MAX_IMPORT_TEXT)
  if (bytes === null || bytes.length === 0) return { map, rejected: [] }
  const { encoding, read } = FORMATS[format]
  const { rejected } = await importCookies(read(bytes.toString(encoding)), new MapJar(map))
  return { map, rejected }
}

async function guarded<Result>(verb: string, path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    throw new SessionError(`The cookie file ${path} could not be ${verb === 'read' ? 'read' : 'saved'}`, {
      cause,
    })
  }
}
