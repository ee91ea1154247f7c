import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { own } from '@session-fetch/core/adapter'
import {
  randomHex,
  readPrivateFile,
  replacePrivateFile,
  syncFolder,
  temporaryName,
} from '../files/private-file.js'
import { type Release, processLock } from '../files/process-lock.js'

interface DraftOptions {
  /** Whether to keep the bytes after a failure, and to use those of an earlier one. */
  readonly resume: boolean
  /** The mode of a new file, before the umask. Default: that of the file that it replaces, else 0o666. */
  readonly permissions: number | undefined
  /** The URL of the download. */
  readonly url: string
}

/** The note and the lock of a draft that is kept after a failure. The lock excludes other writers. */
interface Keeping {
  readonly notePath: string
  readonly url: string
  readonly release: Release
}

/** A partial file beside the target, renamed to it when it is complete. */
export class Draft {
  readonly #target: string
  readonly #path: string
  readonly #file: FileHandle
  readonly #keeping: Keeping | null
  #note: DraftNote | null = null
  #size = 0

  private constructor(target: string, path: string, file: FileHandle, keeping: Keeping | null) {
    this.#target = target
    this.#path = path
    this.#file = file
    this.#keeping = keeping
  }

  /**
   * Opens a draft of `target`; with `resume`, the existing one, unless another writer has locked it.
   *
   * @throws file system errors, if `target` cannot be a file
   */
  static async open(target: string, { resume, permissions, url }: DraftOptions): Promise<Draft> {
    const mode = permissions ?? (await modeOf(target))
    const release = resume ? await processLock(`${target}.part.lock`) : null
    if (release === null) {
      const path = `${target}.${randomHex()}.part`
      return new Draft(target, path, await createSafely(path, mode), null)
    }
    try {
      const path = `${target}.part`
      const file = (await reopenSafely(path)) ?? (await createSafely(path, mode))
      const draft = new Draft(target, path, file, { notePath: `${path}.json`, url, release })
      await draft.#loadEarlier()
      return draft
    } catch (error) {
      await release()
      throw error
    }
  }

  /** The number of bytes. */
  get size(): number {
    return this.#size
  }

  /** The note of reusable bytes, if any. */
  get note(): DraftNote | null {
    return this.#note
  }

  /** Starts over, with bytes that `note` describes; without a note, they are deleted after a failure. */
  async begin(note: DraftNote | null): Promise<void> {
    const { notePath, url } = this.#keeping ?? own<Partial<Keeping>>({})
    this.#note = null
    // in this order, so that a note never exists beside bytes that it does not describe
    if (notePath !== undefined) await remove(notePath)
    await this.#file.truncate(0)
    this.#size = 0
    if (notePath === undefined || url === undefined || note === null) return
    await writeNote(notePath, url, note)
    this.#note = note
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let done = 0; done < chunk.byteLength; ) {
      const { bytesWritten } = await this.#file.write(chunk, done, chunk.byteLength - done, this.#size)
      done += bytesWritten
      this.#size += bytesWritten
    }
  }

  /**
   * Renames the draft to the target.
   *
   * @param durable Whether to flush it to disk, so that it survives a power failure.
   */
  async publish(durable: boolean): Promise<void> {
    if (durable) await this.#file.sync()
    await this.#file.close()
    await rename(this.#path, this.#target)
    if (this.#keeping) await remove(this.#keeping.notePath)
    if (durable) await syncFolder(dirname(this.#target))
    await this.#keeping?.release()
  }

  /** Cleans up after a failure, keeping only what a later download can resume. Never throws. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => {})
    if (this.#note === null || this.#size === 0) {
      await remove(this.#path).catch(() => {})
      if (this.#keeping) await remove(this.#keeping.notePath).catch(() => {})
    }
    await this.#keeping?.release()
  }

  /** Loads the bytes of an earlier download. If the file is already complete, its last byte is requested again. */
  async #loadEarlier(): Promise<void> {
    if (this.#keeping === null) return
    const note = await readNote(this.#keeping.notePath, this.#keeping.url)
    const { size } = await this.#file.stat()
    const usable = note?.total === null ? size : Math.min(size, (note?.total ?? 0) - 1)
    if (note === null || usable <= 0) return
    await this.#file.truncate(usable)
    this.#size = usable
    this.#note = note
  }
}

async function modeOf(target: string): Promise<number> {
  const old = await lstat(target).catch(orAbsent)
  if (old?.isDirectory()) throw Object.assign(new Error(`${target} is a folder`), { code: 'EISDIR' })
  return old?.isFile() ? old.mode & 0o777 : 0o666
}

function remove(path: string): Promise<void | null> {
  return unlink(path).catch(orAbsent)
}

/** Describes the bytes of a draft, so that their continuation can be requested. */
export interface DraftNote {
  /** A strong `ETag`, or a reliable `Last-Modified`. */
  readonly validator: string
  /** The total size; `null` if unknown. */
  readonly total: number | null
}

/** Maximum length of a note, in bytes. */
const MAX_NOTE = 4096

/** The note of an earlier download of `url`; `null` if there is none, or it is invalid. */
async function readNote(path: string, url: string): Promise<DraftNote | null> {
  try {
    const bytes = await readPrivateFile(path, MAX_NOTE)
    return bytes && parseNote(JSON.parse(bytes.toString()), url)
  } catch {
    return null
  }
}

/** Stores a digest of the URL, because the query may contain a secret. */
function writeNote(path: string, url: string, { validator, total }: DraftNote): Promise<void> {
  const bytes = Buffer.from(JSON.stringify({ url: digestOf(url), validator, total }))
  // the draft's lock is held until this process ends, so no check is needed
  return replacePrivateFile(path, { bytes, temporary: temporaryName(path), check: () => {} })
}

function parseNote(value: Record<string, unknown>, url: string): DraftNote | null {
  const { validator, total } = value
  const isValid =
    value['url'] === digestOf(url) &&
    typeof validator === 'string' &&
    /^[\x20-\x7e\x80-\xff]+$/.test(validator) &&
    (total === null || (typeof total === 'number' && Number.isSafeInteger(total)))
  return isValid ? { validator, total } : null
}

function digestOf(url: string): string {
  return createHash('sha256').update(url).digest('hex')
}

/** Windows lacks both flags. They prevent blocking on a FIFO and following a link. */
const WRITE = constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Creates a file, which must not exist. */
function createSafely(path: string, mode: number): Promise<FileHandle> {
  return open(path, WRITE | constants.O_CREAT | constants.O_EXCL, mode)
}

/**
 * Opens an existing file, or returns `null`.
 *
 * @throws if it is a link, not a regular file, or owned by another user, who could then read or change it
 */
async function reopenSafely(path: string): Promise<FileHandle | null> {
  const file = await open(path, WRITE).catch(orAbsent)
  if (file === null) return null
  try {
    const stats = await file.stat()
    if (stats.isFile() && stats.nlink === 1 && isOurs(stats.uid)) return file
  } catch (error) {
    await file.close()
    throw error
  }
  await file.close()
  throw Object.assign(new Error(`${path} is not owned exclusively by this user`), { code: 'EPERM' })
}

function isOurs(uid: number): boolean {
  return process.getuid === undefined || process.getuid() === uid
}

/** Treats a missing file as `null`. */
function orAbsent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
  throw error
}
