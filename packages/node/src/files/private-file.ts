import { randomBytes } from 'node:crypto'
import {
  type Stats,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Owner only. */
const PRIVATE = 0o600
/** Windows has neither flag. A FIFO must not keep us waiting, a link must not lead us elsewhere. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/**
 * The bytes of a regular file, or `null` if there is none.
 *
 * @throws if it is a symbolic link, no regular file, or longer than `limit` bytes
 */
export async function readPrivateFile(path: string, limit: number): Promise<Buffer | null> {
  if (statOf(path) === null) return null
  const file = await open(path, READ)
  try {
    const { size } = checkLength(path, await file.stat(), limit)
    const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** The same at once. */
export function readPrivateFileSync(path: string, limit: number): Buffer | null {
  if (statOf(path) === null) return null
  const file = openSync(path, READ)
  try {
    const { size } = checkLength(path, fstatSync(file), limit)
    const bytes = Buffer.alloc(size)
    return bytes.subarray(0, readSync(file, bytes, 0, size, 0))
  } finally {
    closeSync(file)
  }
}

/** What takes the place of a file. */
export interface Replacement {
  readonly bytes: Buffer
  /** Where the bytes are until they are whole: a name that nobody else has. */
  readonly temporary: string
  /** Called right before the new file takes the old one's place; what it throws stops that. */
  readonly check: () => void
}

/** Twelve hexadecimal digits, for a file name that no other process has. */
export function randomHex(): string {
  return randomBytes(6).toString('hex')
}

/** A name for a `Replacement` of this file. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}.${randomHex()}.tmp`
}

/**
 * Puts a whole file in the place of another at once. Nobody but the owner may read it; if the other one was
 * stricter, so is this.
 */
export async function replacePrivateFile(
  path: string,
  { bytes, temporary, check }: Replacement,
): Promise<void> {
  const mode = modeFor(path)
  const file = await open(temporary, CREATE, PRIVATE)
  try {
    await writeWhole(file, bytes, mode)
    check()
    renameSync(temporary, path) // nothing comes between the check and this
  } catch (error) {
    removeFile(temporary)
    throw error
  }
  await syncFolder(dirname(path))
}

/** The same at once. */
export function replacePrivateFileSync(path: string, { bytes, temporary, check }: Replacement): void {
  const mode = modeFor(path)
  const file = openSync(temporary, CREATE, PRIVATE)
  try {
    try {
      fchmodSync(file, mode)
      writeFileSync(file, bytes)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    check()
    renameSync(temporary, path)
  } catch (error) {
    removeFile(temporary)
    throw error
  }
}

/** Removes a file, if it is there. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It was not there.
  }
}

async function writeWhole(file: FileHandle, bytes: Buffer, mode: number): Promise<void> {
  try {
    await file.chmod(mode)
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the new name last; a folder that cannot be synced is no reason to fail. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, constants.O_RDONLY)
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch {
    // Some systems do not open folders.
  }
}

function modeFor(path: string): number {
  const old = statOf(path)
  return old === null ? PRIVATE : old.mode & PRIVATE
}

function statOf(path: string): Stats | null {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats === undefined ? null : checkRegular(path, stats)
}

function checkLength(path: string, stats: Stats, limit: number): Stats {
  if (checkRegular(path, stats).size > limit) throw new Error(`${path} is longer than ${limit} bytes`)
  return stats
}

function checkRegular(path: string, stats: Stats): Stats {
  if (stats.isFile()) return stats
  throw new Error(`${path} is no regular file${stats.isSymbolicLink() ? ', but a symbolic link' : ''}`)
}
