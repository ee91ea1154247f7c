import { delay, io } from '../io.js'
import { type HeldLock, takeLock } from './process-lock.js'

/** Longest wait for a lock, in milliseconds. */
const PATIENCE = 30_000
/** Longest wait for a lock while the process ends. */
const LAST_PATIENCE = 5000
/** Longest pause between two tries. */
const PAUSE = 20
/** No process holds the lock of a file for longer, unless it is suspended; one of another machine is taken over then. */
const FOREIGN_AGE = 60_000

/**
 * Does some work while no other process that asks for the lock does. The work has to ask whether the lock still is its
 * own before it changes anything: one of a suspended process on another machine may have been taken over.
 *
 * @throws if the lock is not free within 30 s
 */
export async function withFileLock<Result>(
  path: string,
  work: (lock: HeldLock) => Promise<Result>,
  patience: number = PATIENCE,
): Promise<Result> {
  const end = io.now() + patience
  let lock = takeLock(path, { foreignAge: FOREIGN_AGE })
  while (lock === null) {
    if (io.now() > end) throw heldByAnother(path)
    await delay(1 + Math.random() * PAUSE)
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
  const end = io.now() + LAST_PATIENCE
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
