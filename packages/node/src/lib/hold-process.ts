import { io } from './io.js'

const LONGEST = 2 ** 31 - 1
let holders = 0
let handle: NodeJS.Timeout | undefined

/** Keeps the process alive until `releaseProcess` has been called as often. All holders share one timer. */
export function holdProcess(): void {
  holders += 1
  if (holders > 1) return
  handle ??= io.setInterval(() => {}, LONGEST)
  handle.ref()
}

export function releaseProcess(): void {
  holders -= 1
  if (holders === 0) handle?.unref()
}
