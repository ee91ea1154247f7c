import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** Windows has neither flag. A FIFO must not keep us waiting, a link must not lead us elsewhere. */
const SAFELY = constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** Makes a file that was not there. */
export function createSafely(path: string, mode: number): Promise<FileHandle> {
  return open(path, SAFELY | constants.O_CREAT | constants.O_EXCL, mode)
}

/**
 * Opens a file that is there, or gives `null`.
 *
 * @throws if it is a link, no regular file, or somebody else's: then what is written to it is not ours alone
 */
export async function reopenSafely(path: string): Promise<FileHandle | null> {
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
export function orAbsent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
  throw error
}
