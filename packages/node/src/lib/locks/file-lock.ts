import { open, unlink } from 'node:fs/promises'
import { delay, io } from '../io.js'
import { ageOf, removeAbandoned } from './remove-abandoned.js'

/** A lock this old, in milliseconds, was left behind by a process that died. */
const STALE = 10_000
/** Longest wait for a lock. */
const PATIENCE = 30_000
/** Longest pause between two tries. */
const PAUSE = 20

/**
 * Does some work while no other process that asks for the lock does: a file that only one can create.
 *
 * @throws if the lock is not free within 30 s
 */
export async function withFileLock<Result>(lock: string, work: () => Promise<Result>): Promise<Result> {
  await acquire(lock)
  try {
    return await work()
  } finally {
    await unlink(lock).catch(() => {})
  }
}

async function acquire(lock: string): Promise<void> {
  const end = io.date() + PATIENCE
  while (!(await create(lock))) {
    await removeStale(lock)
    if (io.date() > end) throw new Error(`${lock} is held by another process`)
    await delay(1 + Math.random() * PAUSE)
  }
}

async function create(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function removeStale(lock: string): Promise<void> {
  const isStale = async (): Promise<boolean> => (await ageOf(lock)) > STALE
  if (await isStale()) await removeAbandoned(lock, isStale)
}
