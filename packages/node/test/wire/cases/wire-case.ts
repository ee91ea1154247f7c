import type { Ending } from '../deliver.js'

/** What a server answers, byte for byte. */
export interface WireCase {
  readonly name: string
  readonly bytes: Buffer
  /** Where the bytes are cut into packets. Default: nowhere. */
  readonly cuts?: readonly number[]
  readonly ending: Ending
  /** Default: GET. */
  readonly method?: 'GET' | 'HEAD'
  /** What the standard requires. Default: only the rule of `verdict`. */
  readonly must?: 'accept' | 'refuse'
}
