import { open, stat, unlink } from 'node:fs/promises'
import { io } from '../io.js'

/** How long a removal may take, in milliseconds; one that takes longer was left behind itself. */
const LONGEST = 10_000

/**
 * Removes a lock whose owner is no more. Those who see that look again, one at a time, before they remove it: else the
 * second would remove what the first has just made in its place.
 */
export async function removeAbandoned(lock: string, isAbandoned: () => Promise<boolean>): Promise<void> {
  const turn = `${lock}.turn`
  if (!(await takes(turn))) return
  try {
    if (await isAbandoned()) await remove(lock)
  } finally {
    await remove(turn)
  }
}

/** How old a file is, in milliseconds; 0 where it is gone. */
export function ageOf(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => io.date() - mtimeMs,
    () => 0, // freed meanwhile
  )
}

async function takes(turn: string): Promise<boolean> {
  try {
    await (await open(turn, 'wx', 0o600)).close()
    return true
  } catch {
    if ((await ageOf(turn)) > LONGEST) await remove(turn)
    return false
  }
}

function remove(path: string): Promise<void> {
  return unlink(path).catch(() => {})
}
