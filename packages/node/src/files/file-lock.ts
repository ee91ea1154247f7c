import { delay, io } from '../base/io.js'
import { type HeldLock, takeLock } from './process-lock.js'

/** Longest wait for a lock, in milliseconds. */
const LOCK_TIMEOUT = 30_000
/** Longest wait for a lock while the process ends. */
const EXIT_TIMEOUT = 5000
/** The first pause between two tries, at most, and the longest. */
const [PAUSE, LONGEST_PAUSE] = [10, 100]
/** No process holds the lock of a file for longer, unless it is suspended; one of another machine is taken over then. */
const FOREIGN_AGE = 60_000

/** By lock, the last of those in this process that want it: one after the other, none has to look for its turn. */
const turns: Map<string, Promise<unknown>> = new Map()

/**
 * Does some work while no other process that asks for the lock does. The work has to ask whether the lock still is its
 * own before it changes anything: one of a suspended process on another machine may have been taken over.
 *
 * @throws if another process does not free the lock within 30 s
 */
export async function withFileLock<Result>(
  path: string,
  work: (lock: HeldLock) => Promise<Result>,
): Promise<Result> {
  const before = turns.get(path)
  const done = before === undefined ? withLock(path, work) : before.then(() => withLock(path, work))
  const turn = done.catch(() => {})
  turns.set(path, turn)
  try {
    return await done
  } finally {
    if (turns.get(path) === turn) turns.delete(path)
  }
}

async function withLock<Result>(path: string, work: (lock: HeldLock) => Promise<Result>): Promise<Result> {
  const end = io.now() + LOCK_TIMEOUT
  let lock = takeLock(path, { foreignAge: FOREIGN_AGE })
  for (let pause = PAUSE; lock === null; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    if (io.now() > end) throw heldByAnother(path)
    await delay(1 + Math.random() * pause)
    lock = takeLock(path, { foreignAge: FOREIGN_AGE })
  }
  try {
    return await work(lock)
  } finally {
    lock.release()
  }
}

/** The same at once, for a process that ends: nothing else happens in it until the work is done. */
export function withFileLockSync<Result>(path: string, work: (lock: HeldLock) => Result): Result {
  const end = io.now() + EXIT_TIMEOUT
  let lock = takeLock(path, { foreignAge: FOREIGN_AGE })
  while (lock === null) {
    if (io.now() > end) throw heldByAnother(path)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * PAUSE)
    lock = takeLock(path, { foreignAge: FOREIGN_AGE })
  }
  try {
    return work(lock)
  } finally {
    lock.release()
  }
}

function heldByAnother(path: string): Error {
  return new Error(`${path} is held by another process`)
}
