import type { Ending } from '../deliver.js'

/** The bytes of a response. */
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
