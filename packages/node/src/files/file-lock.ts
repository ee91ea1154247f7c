import { delay, io } from '../base/io.js'
import { type HeldLock, takeLock } from './process-lock.js'

/** Maximum wait for a lock, in milliseconds. */
const LOCK_TIMEOUT = 30_000
/** Maximum wait for a lock while the process exits. */
const EXIT_TIMEOUT = 5000
/** The maximum first pause between two attempts, and the longest pause. */
const [PAUSE, LONGEST_PAUSE] = [10, 100]
/** No running process holds a file lock for longer than this; an older lock of another machine is taken over. */
const FOREIGN_AGE = 60_000

/** The last waiter for each lock in this process. Waiters of one process queue here instead of polling. */
const turns: Map<string, Promise<unknown>> = new Map()

/**
 * Runs `work` while holding a lock that excludes other processes. `work` must check `isHeld()` before it changes
 * anything, because another machine may take over the lock of a suspended process.
 *
 * @throws if another process does not release the lock within 30 s
 */
export async function withFileLock<Result>(
  path: string,
  work: (lock: HeldLock) => Promise<Result>,
): Promise<Result> {
  const previous = turns.get(path)
  const done = previous === undefined ? withLock(path, work) : previous.then(() => withLock(path, work))
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

/** The same synchronously, for use while the process exits. */
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
  return new Error(`${path} is locked by another process`)
}
