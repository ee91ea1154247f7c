import { padMessage } from './hash-padding.js'
import { rootFractions } from './root-fractions.js'

type Sha256State = [number, number, number, number, number, number, number, number]

/** SHA-256's constants are the first halves of SHA-512's. */
const upper = (bits: bigint): number => Number(bits >> 32n)
let constants: number[] | undefined
let start: Sha256State | undefined

/** The SHA-256 of a message in hex (FIPS 180-4): pages without TLS have no `crypto.subtle`. */
export function sha256(message: Uint8Array): string {
  constants ??= rootFractions(3, 64).map(upper)
  start ??= rootFractions(2, 8).map(upper) as Sha256State // eight were asked for
  const padded = padMessage(message, 64, false)
  let state = start
  for (let at = 0; at < padded.byteLength; at += 64)
    state = compressBlock(state, schedule(padded, at), constants)
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

/** FIPS 180-4, section 6.2.2, step 1. */
function schedule(message: DataView, at: number): DataView {
  const words = new DataView(new ArrayBuffer(256))
  const word = (index: number): number => words.getInt32(index * 4)
  for (let t = 0; t < 16; t += 1) words.setInt32(t * 4, message.getInt32(at + t * 4))
  for (let t = 16; t < 64; t += 1) {
    const [x, y] = [word(t - 15), word(t - 2)]
    const sigma0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
    const sigma1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)
    words.setInt32(t * 4, sigma1 + word(t - 7) + sigma0 + word(t - 16))
  }
  return words
}

/** FIPS 180-4, section 6.2.2, steps 2 to 4. */
function compressBlock(state: Sha256State, words: DataView, constants: number[]): Sha256State {
  let [a, b, c, d, e, f, g, h] = state
  for (const [t, constant] of constants.entries()) {
    const sum1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
    const t1 = (h + sum1 + ((e & f) ^ (~e & g)) + constant + words.getInt32(t * 4)) | 0
    const sum0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
    const t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c))
    ;[a, b, c, d, e, f, g, h] = [(t1 + t2) | 0, a, b, c, (d + t1) | 0, e, f, g]
  }
  const [p, q, r, s, t, u, v, w] = state
  return [
    (p + a) | 0,
    (q + b) | 0,
    (r + c) | 0,
    (s + d) | 0,
    (t + e) | 0,
    (u + f) | 0,
    (v + g) | 0,
    (w + h) | 0,
  ]
}

function turn(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}
