import { open, readFile, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { io } from '../io.js'
import { ageOf, removeAbandoned } from './remove-abandoned.js'

/** Lets go of a lock. */
export type Release = () => Promise<void>

/** How far two readings of when this process began may lie apart, in milliseconds. */
const SAME_START = 2000
/** A lock that says nothing for this long, in milliseconds, never will. */
const UNFINISHED = 10_000

/**
 * Takes a lock that this process holds until it lets go or ends: a file that only one can create. One that was left
 * behind by a process which is no more is taken over.
 *
 * @returns what lets go of it, or `null` when somebody else, or another part of this process, has it
 */
export async function processLock(path: string): Promise<Release | null> {
  if (!(await create(path))) {
    if (!(await isAbandoned(path))) return null
    await removeAbandoned(path, () => isAbandoned(path))
    if (!(await create(path))) return null
  }
  return () => unlink(path).catch(() => {})
}

async function create(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(`${process.pid} ${Math.round(beginning())} ${hostname()}`)
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const text = await readFile(path, 'latin1').catch(() => '')
  const [, pid = '', began = '', host] = /^(\d+) (\d+) (.+)$/.exec(text) ?? []
  if (host === undefined) return (await ageOf(path)) > UNFINISHED
  if (host !== hostname()) return false // only of a process of this machine can anyone tell that it is gone
  // In a container that starts again, the process that is gone had the very same number.
  return Number(pid) === process.pid
    ? Math.abs(Number(began) - beginning()) > SAME_START
    : !isAlive(Number(pid))
}

/** When this process began, on the system's clock. */
function beginning(): number {
  return io.date() - process.uptime() * 1000
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
