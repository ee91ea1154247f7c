import { closeSync, linkSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { io } from '../base/io.js'
import { randomHex, removeFile } from './private-file.js'

/** Lets go of a lock. */
export type Release = () => Promise<void>

/** A lock that this process holds until it lets go or ends. */
export interface HeldLock {
  /** Whether it still is this one's, and nobody took it over. */
  isHeld(): boolean
  /** Removes the lock, unless another process has it now. */
  release(): void
}

interface LockOptions {
  /**
   * How old, in milliseconds, a lock of another machine may become: nobody can tell whether its owner is gone.
   * Default: as old as it likes.
   */
  foreignAge?: number
}

/** When this process began, in milliseconds since 1970. Read once: the system's clock may be set while it runs. */
const BEGAN = Math.round(io.date() - process.uptime() * 1000)
/** How far readings of that by two copies of this module may lie apart, in milliseconds. */
const SAME_START = 2000
/** A lock that says nothing for this long, in milliseconds, never will. */
const UNFINISHED = 10_000

/**
 * Takes a lock that this process holds until it lets go or ends: a file that only one can create.
 *
 * @returns what lets go of it, or `null` when somebody else, or another part of this process, has it
 */
export async function processLock(path: string): Promise<Release | null> {
  const lock = takeLock(path)
  return lock === null ? null : async () => lock.release()
}

/**
 * Takes a lock at once. One that was left behind by a process which is no more is taken over; one of a process that
 * lives is not, however long it is suspended.
 *
 * @returns `null` when somebody else, or another part of this process, has it
 */
export function takeLock(path: string, { foreignAge = Infinity }: LockOptions = {}): HeldLock | null {
  if (!removeAbandoned(path, foreignAge)) return null
  const text = describeOwner()
  if (!create(path, text)) return null
  const isHeld = (): boolean => read(path) === text
  return {
    isHeld,
    release() {
      if (isHeld()) removeFile(path)
    },
  }
}

/**
 * Removes a lock whose owner is no more, and says whether there is none now. Whoever sees that has to get hold of a second lock, named for that very owner,
 * and then look again: so what another made in its place meanwhile is never removed, even by a process that slept
 * in between.
 */
function removeAbandoned(path: string, foreignAge: number): boolean {
  const owner = ownerOf(path)
  if (owner === null) return true
  if (!isAbandoned(owner, foreignAge)) return false
  const claim = takeLock(`${path}.${owner.id}`, { foreignAge })
  if (claim === null) return false
  try {
    if (ownerOf(path)?.id === owner.id) removeFile(path)
  } finally {
    claim.release()
  }
  return true
}

/** Who holds a lock, as its file says. */
interface Owner {
  /** Of this lock alone. */
  readonly id: string
  readonly pid: number
  /** Milliseconds since 1970. */
  readonly began: number
  /** `undefined` while the file is being written. */
  readonly host: string | undefined
  /** When the process started, on the kernel's clock, where that can be asked. */
  readonly ticks: string | undefined
  /** Of the file, in milliseconds. */
  readonly age: number
}

function describeOwner(): string {
  const id = randomHex()
  return `${process.pid} ${BEGAN} ${hostname()} ${id} ${statusOf(process.pid)?.ticks ?? ''}`.trim()
}

function ownerOf(path: string): Owner | null {
  try {
    const { mtimeMs, ino } = statSync(path)
    const words = readFileSync(path, 'latin1').split(' ')
    const [pid, began, host, id = `${pid}-${began}-${ino}`, ticks] = words
    const age = io.date() - mtimeMs
    return {
      id: host === undefined ? `${ino}` : id,
      pid: Number(pid),
      began: Number(began),
      host,
      ticks,
      age,
    }
  } catch {
    return null // let go of meanwhile
  }
}

function isAbandoned({ pid, began, host, ticks, age }: Owner, foreignAge: number): boolean {
  if (host === undefined) return age > UNFINISHED
  if (host !== hostname()) return age > foreignAge
  if (!isAlive(pid)) return true
  const status = statusOf(pid)
  // A number may be another process's by now; in a container that starts again it often is.
  if (status !== null && ticks !== undefined) return status.ended || status.ticks !== ticks
  return pid === process.pid && Math.abs(began - BEGAN) > SAME_START
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** What Linux tells of a process: proc(5). `ended`: it is, but for its parent, who has not asked yet. */
function statusOf(pid: number): { ended: boolean; ticks: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { ended: /^[ZX]/.test(fields[0] ?? ''), ticks: fields[19] ?? '' }
  } catch {
    return null
  }
}

/** Creates a file with its content at once, where the file system has links. */
function create(path: string, text: string): boolean {
  const draft = `${path}.${randomHex()}`
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: 0o600 })
    try {
      linkSync(draft, path)
      return true
    } finally {
      removeFile(draft)
    }
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    if (codeOf(error) === 'ENOENT') throw error
    return createInSteps(path, text)
  }
}

function createInSteps(path: string, text: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600)
    try {
      writeSync(file, text)
    } finally {
      closeSync(file)
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code
}
