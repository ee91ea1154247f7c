import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises'
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
  const before = await statOf(path)
  if (before === null) return null
  const file = await open(path, READ)
  try {
    const stats = checkRegular(path, await file.stat())
    if (stats.size > limit) throw new Error(`${path} is longer than ${limit} bytes`)
    const { bytesRead, buffer } = await file.read(Buffer.alloc(stats.size), 0, stats.size, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * Puts a whole file in the place of another at once. Nobody but the owner may read it; if the other one was
 * stricter, so is this.
 */
export async function replacePrivateFile(path: string, bytes: Buffer): Promise<void> {
  const old = await statOf(path)
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`
  const file = await open(temporary, CREATE, PRIVATE)
  try {
    await writeWhole(file, bytes, old === null ? PRIVATE : old.mode & PRIVATE)
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
  await syncFolder(dirname(path))
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

async function statOf(path: string): Promise<Stats | null> {
  try {
    return checkRegular(path, await lstat(path))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function checkRegular(path: string, stats: Stats): Stats {
  if (stats.isFile()) return stats
  throw new Error(`${path} is no regular file${stats.isSymbolicLink() ? ', but a symbolic link' : ''}`)
}
