import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { own } from '@session-fetch/core'
import {
  randomHex,
  readPrivateFile,
  replacePrivateFile,
  syncFolder,
  temporaryName,
} from '../files/private-file.js'
import { type Release, processLock } from '../files/process-lock.js'

interface DraftOptions {
  /** Whether the bytes outlive a failure, and those of an earlier one are used. */
  readonly resume: boolean
  /** The mode of a new file, less the umask's bits. Default: that of the file that it replaces, else 0o666. */
  readonly permissions: number | undefined
  /** What the bytes are a copy of. */
  readonly url: string
}

/** What makes a draft last: a note of what it is, and a lock, so that nobody else writes to it. */
interface Keeping {
  readonly notePath: string
  readonly url: string
  readonly release: Release
}

/** A file on its way to its name: it lies beside it, and takes its place when it is whole. */
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
   * A new draft of `target`; with `resume`, the one that is there, unless somebody is writing to it.
   *
   * @throws what the file system says, when `target` cannot become a file
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
      await draft.#recall()
      return draft
    } catch (error) {
      await release()
      throw error
    }
  }

  /** How many bytes there are. */
  get size(): number {
    return this.#size
  }

  /** What the bytes are, where they are of use. */
  get note(): DraftNote | null {
    return this.#note
  }

  /** Starts over, with bytes of which `note` tells; without a note, they will not outlive a failure. */
  async begin(note: DraftNote | null): Promise<void> {
    const { notePath, url } = this.#keeping ?? own<Partial<Keeping>>({})
    this.#note = null
    // In this order: a note is never beside bytes of which it does not tell.
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
   * Puts the file in its place.
   *
   * @param durable Whether it is to be there after a power cut.
   */
  async publish(durable: boolean): Promise<void> {
    if (durable) await this.#file.sync()
    await this.#file.close()
    await rename(this.#path, this.#target)
    if (this.#keeping) await remove(this.#keeping.notePath)
    if (durable) await syncFolder(dirname(this.#target))
    await this.#keeping?.release()
  }

  /** The download failed: keeps what a later one can use, and leaves nothing else behind. Never throws. */
  async abandon(): Promise<void> {
    await this.#file.close().catch(() => {})
    if (this.#note === null || this.#size === 0) {
      await remove(this.#path).catch(() => {})
      if (this.#keeping) await remove(this.#keeping.notePath).catch(() => {})
    }
    await this.#keeping?.release()
  }

  /** Takes up the bytes of an earlier download. Of a whole file the last byte is asked for again. */
  async #recall(): Promise<void> {
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

/** What the bytes of a draft are, so that a server can be asked for the rest of just that. */
export interface DraftNote {
  /** A strong `ETag`, or a `Last-Modified` that is as good. */
  readonly validator: string
  /** All bytes that there will be; `null` where the server did not say. */
  readonly total: number | null
}

/** No note of ours is longer, in bytes. */
const LONGEST = 4096

/** What an earlier download of `url` noted; `null` where there is nothing of use. */
async function readNote(path: string, url: string): Promise<DraftNote | null> {
  try {
    const bytes = await readPrivateFile(path, LONGEST)
    return bytes && parseNote(JSON.parse(bytes.toString()), url)
  } catch {
    return null
  }
}

/** The URL is not noted itself: its query may hold a secret. */
function writeNote(path: string, url: string, { validator, total }: DraftNote): Promise<void> {
  const bytes = Buffer.from(JSON.stringify({ url: digestOf(url), validator, total }))
  // Whoever holds the draft's lock holds it until this process ends.
  return replacePrivateFile(path, { bytes, temporary: temporaryName(path), check: () => {} })
}

function parseNote(value: Record<string, unknown>, url: string): DraftNote | null {
  const { validator, total } = value
  const isSound =
    value['url'] === digestOf(url) &&
    typeof validator === 'string' &&
    /^[\x20-\x7e\x80-\xff]+$/.test(validator) &&
    (total === null || (typeof total === 'number' && Number.isSafeInteger(total)))
  return isSound ? { validator, total } : null
}

function digestOf(url: string): string {
  return createHash('sha256').update(url).digest('hex')
}

/** Windows has neither flag. A FIFO must not keep us waiting, a link must not lead us elsewhere. */
const SAFELY = constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Makes a file that was not there. */
function createSafely(path: string, mode: number): Promise<FileHandle> {
  return open(path, SAFELY | constants.O_CREAT | constants.O_EXCL, mode)
}

/**
 * Opens a file that is there, or gives `null`.
 *
 * @throws if it is a link, no regular file, or somebody else's: then what is written to it is not ours alone
 */
async function reopenSafely(path: string): Promise<FileHandle | null> {
  const file = await open(path, SAFELY).catch(orAbsent)
  if (file === null) return null
  try {
    const stats = await file.stat()
    if (stats.isFile() && stats.nlink === 1 && isOurs(stats.uid)) return file
  } catch (error) {
    await file.close()
    throw error
  }
  await file.close()
  throw Object.assign(new Error(`${path} is no file of ours alone`), { code: 'EPERM' })
}

function isOurs(uid: number): boolean {
  return process.getuid === undefined || process.getuid() === uid
}

/** What is not there is no error. */
function orAbsent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
  throw error
}
