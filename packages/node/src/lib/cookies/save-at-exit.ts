/** What a process that ends has to save. */
export interface Unsaved {
  /** Gives up what is being saved: nothing more happens in this process that could finish it. */
  abandon(): void
  /** Saves at once, and never throws. */
  saveNow(): void
}

const unsaved: Set<Unsaved> = new Set()

/** Saves it when the process ends, however it does so, unless a signal ends it at once. */
export function saveAtExit(one: Unsaved): void {
  if (unsaved.size === 0) process.on('exit', saveAll)
  unsaved.add(one)
}

/** It is saved; the process may end without it. */
export function isSaved(one: Unsaved): void {
  unsaved.delete(one)
  if (unsaved.size === 0) process.off('exit', saveAll)
}

/** First all let go: two of them may wait for the lock of one file. */
function saveAll(): void {
  for (const one of unsaved) one.abandon()
  for (const one of unsaved) one.saveNow()
}
