import { type FileHandle, open } from 'node:fs/promises'
import { AuthError } from '@session-fetch/core'
import { type NetrcEntries, parseNetrc } from './parse-netrc.js'

const NOTHING: NetrcEntries = { hosts: new Map(), default: undefined }
/** The bits that let anyone but the owner read, write or run. */
const OTHERS = 0o077

/** A netrc file, read when it is asked for and again when it has changed. */
export class NetrcFile {
  readonly #path: string
  readonly #mayBeMissing: boolean
  #known: { stamp: string; entries: NetrcEntries } | undefined

  constructor(path: string, mayBeMissing: boolean) {
    this.#path = path
    this.#mayBeMissing = mayBeMissing
  }

  /** @throws AuthError naming the file, and nothing that stands in it */
  async entries(): Promise<NetrcEntries> {
    const handle = await this.#open()
    if (handle === null) return NOTHING
    try {
      return await this.#read(handle)
    } catch (cause) {
      throw cause instanceof AuthError ? cause : this.#failure('cannot be read', cause)
    } finally {
      await handle.close()
    }
  }

  async #open(): Promise<FileHandle | null> {
    try {
      return await open(this.#path)
    } catch (cause) {
      if (this.#mayBeMissing && (cause as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw this.#failure('cannot be read', cause)
    }
  }

  async #read(handle: FileHandle): Promise<NetrcEntries> {
    const { mode, mtimeMs, size, ino } = await handle.stat()
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      throw this.#failure('can be read by others; make it yours alone with chmod 600')
    const stamp = [mtimeMs, size, ino].join()
    if (this.#known?.stamp === stamp) return this.#known.entries
    const entries = parseNetrc(await handle.readFile('utf8'))
    if (entries === null) throw this.#failure('is no netrc file')
    this.#known = { stamp, entries }
    return entries
  }

  #failure(what: string, cause?: unknown): AuthError {
    return new AuthError(`netrc: ${this.#path} ${what}`, cause === undefined ? {} : { cause })
  }
}
