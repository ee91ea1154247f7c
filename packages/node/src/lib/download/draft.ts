import { own } from '@session-fetch/core'
import { randomBytes } from 'node:crypto'
import { type FileHandle, lstat, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type DraftNote, readNote, writeNote } from './draft-note.js'
import { createSafely, orAbsent, reopenSafely } from './draft-file.js'
import { syncFolder } from '../cookies/private-file.js'
import { type Release, processLock } from '../locks/process-lock.js'

export interface DraftOptions {
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
      const path = `${target}.${randomBytes(6).toString('hex')}.part`
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
