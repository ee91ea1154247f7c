import { closeSync, linkSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { io } from '../base/io.js'
import { shadowed } from '../base/shadowed.js'
import { randomHex, removeFile } from './private-file.js'

/** Releases a lock. */
export type Release = () => Promise<void>

/** A lock that is held until it is released or this process ends. */
export interface HeldLock {
  /** Whether this lock is still held, and was not taken over. */
  isHeld(): boolean
  /** Removes the lock file, unless another process holds the lock now. */
  release(): void
}

interface LockOptions {
  /**
   * Age in milliseconds at which a lock of another machine is taken over, because its owner cannot be checked.
   * Default: never.
   */
  foreignAge?: number
}

/** When this process started, in milliseconds since 1970. Computed once, because the system clock may be changed. */
const STARTED = Math.round(io.date() - process.uptime() * 1000)
/** The tolerance between the start times computed by two copies of this module, in milliseconds. */
const SAME_START = 2000
/** Age in milliseconds at which an empty lock file counts as abandoned. */
const UNFINISHED = 10_000

/**
 * Acquires a lock that is held until it is released or this process ends: a file that only one process can create.
 *
 * @returns a function that releases it, or `null` if it is locked by another process or elsewhere in this one
 */
export async function processLock(path: string): Promise<Release | null> {
  const lock = takeLock(path)
  return lock === null ? null : async () => lock.release()
}

/**
 * Acquires a lock synchronously. The lock of a process that has ended is taken over; that of a running process is not,
 * even if it is suspended.
 *
 * @returns `null` if it is locked by another process or elsewhere in this one
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
 * Removes the lock of an owner that has ended. A process must first acquire a second lock, named after that owner, and
 * then check again, so that a process that was suspended in between never removes a new lock.
 *
 * @returns whether there is no lock now
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

/** The owner of a lock, as recorded in the file. */
interface Owner {
  /** Unique for each lock. */
  readonly id: string
  readonly pid: number
  /** Milliseconds since 1970. */
  readonly began: number
  /** `undefined` while the file is being written. */
  readonly host: string | undefined
  /** The start time of the process on the kernel's clock, if available. */
  readonly ticks: string | undefined
  /** Age of the file in milliseconds. */
  readonly age: number
}

function describeOwner(): string {
  const id = randomHex()
  return `${process.pid} ${STARTED} ${hostname()} ${id} ${statusOf(process.pid)?.ticks ?? ''}`.trim()
}

function ownerOf(path: string): Owner | null {
  try {
    const { mtimeMs, ino } = statSync(path)
    const words = textOf(path).split(' ')
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
    return null // released in the meantime
  }
}

function isAbandoned({ pid, began, host, ticks, age }: Owner, foreignAge: number): boolean {
  if (host === undefined) return age > UNFINISHED
  if (host !== hostname()) return age > foreignAge
  if (!isAlive(pid)) return true
  const status = statusOf(pid)
  // process ids are reused, often when a container restarts
  if (status !== null && ticks !== undefined) return status.ended || status.ticks !== ticks
  return pid === process.pid && Math.abs(began - STARTED) > SAME_START
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** The state of a process on Linux (proc(5)). `ended` includes zombies, whose parent has not waited for them yet. */
function statusOf(pid: number): { ended: boolean; ticks: string } | null {
  try {
    const stat = textOf(`/proc/${pid}/stat`)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { ended: /^[ZX]/.test(fields[0] ?? ''), ticks: fields[19] ?? '' }
  } catch {
    return null
  }
}

/** Creates a file with its content atomically, if the file system supports hard links. */
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
    return textOf(path)
  } catch {
    return null
  }
}

function textOf(path: string): string {
  return readFileSync(path, shadowed({ encoding: 'latin1' as const }))
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code
}
