import { bodies } from './handwritten-bodies.js'
import { heads } from './handwritten-heads.js'
import type { WireCase } from './wire-case.js'

/** Handwritten responses, each for one rule. */
export const handwritten: readonly WireCase[] = [...heads, ...bodies].map(
  ([name, must, text, ending = 'open', method]) => ({
    name,
    bytes: Buffer.from(text, 'latin1'),
    ending,
    ...(must && { must }),
    ...(method && { method }),
  }),
)
