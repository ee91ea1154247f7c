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

/** Read and write for the owner only. */
const PRIVATE = 0o600
/** Windows lacks both flags. They prevent blocking on a FIFO and following a link. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/**
 * Reads a regular file; `null` if it does not exist.
 *
 * @throws if it is a symbolic link, not a regular file, or longer than `limit` bytes
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

/** The same synchronously. */
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

/** The new content of a file. */
export interface Replacement {
  readonly bytes: Buffer
  /** The path to write to until the file is complete, which must be unique. */
  readonly temporary: string
  /** Called right before the rename, which it cancels by throwing. */
  readonly check: () => void
}

/** Twelve hexadecimal digits, for a file name that no other process has. */
export function randomHex(): string {
  return randomBytes(6).toString('hex')
}

/** A path for a `Replacement` of this file. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}.${randomHex()}.tmp`
}

/** Replaces a file atomically. Only the owner gets access; a stricter mode of the old file is kept. */
export async function replacePrivateFile(
  path: string,
  { bytes, temporary, check }: Replacement,
): Promise<void> {
  const mode = modeFor(path)
  const file = await open(temporary, CREATE, PRIVATE)
  try {
    await writeWhole(file, bytes, mode)
    check()
    renameSync(temporary, path) // synchronous, so that nothing happens between the check and the rename
  } catch (error) {
    removeFile(temporary)
    throw error
  }
  await syncFolder(dirname(path))
}

/** The same synchronously. */
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

/** Removes a file if it exists. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // it does not exist
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

/** Flushes a folder, so that a rename survives a power failure. Errors are ignored. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, constants.O_RDONLY)
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch {
    // some systems cannot open folders
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
  throw new Error(`${path} is not a regular file${stats.isSymbolicLink() ? ', but a symbolic link' : ''}`)
}
