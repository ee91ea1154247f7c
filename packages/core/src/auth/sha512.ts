import { padMessage, rootFractions } from './hashes.js'

type State = [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint]

const cut = (value: bigint): bigint => BigInt.asUintN(64, value)
let constants: bigint[] | undefined
let start: State | undefined
let truncatedStart: State | undefined

/** SHA-512 in hex (FIPS 180-4). */
export function sha512(message: Uint8Array): string {
  return hex(digest(message, initialState()))
}

/** SHA-512/256 in hex (FIPS 180-4 §5.3.6): SHA-512 with other initial values, truncated. */
export function sha512_256(message: Uint8Array): string {
  truncatedStart ??= digest(
    new TextEncoder().encode('SHA-512/256'),
    initialState().map((word) => word ^ 0xa5a5a5a5a5a5a5a5n) as State, // same length
  )
  return hex(digest(message, truncatedStart)).slice(0, 64)
}

function initialState(): State {
  start ??= rootFractions(2, 8) as State // there are eight
  return start
}

function digest(message: Uint8Array, from: State): State {
  constants ??= rootFractions(3, 80)
  const padded = padMessage(message, 128, false)
  let state = from
  for (let at = 0; at < padded.byteLength; at += 128) state = compress(state, schedule(padded, at), constants)
  return state
}

/** FIPS 180-4, section 6.4.2, step 1. */
function schedule(message: DataView, at: number): DataView {
  const words = new DataView(new ArrayBuffer(640))
  const word = (index: number): bigint => words.getBigUint64(index * 8)
  for (let t = 0; t < 16; t += 1) words.setBigUint64(t * 8, message.getBigUint64(at + t * 8))
  for (let t = 16; t < 80; t += 1) {
    const [x, y] = [word(t - 15), word(t - 2)]
    const sigma0 = turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n)
    const sigma1 = turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n)
    words.setBigUint64(t * 8, sigma1 + word(t - 7) + sigma0 + word(t - 16))
  }
  return words
}

/** FIPS 180-4, section 6.4.2, steps 2 to 4. */
function compress(state: State, words: DataView, constants: bigint[]): State {
  let [a, b, c, d, e, f, g, h] = state
  for (const [t, constant] of constants.entries()) {
    const sum1 = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)
    const t1 = h + sum1 + ((e & f) ^ (~e & g)) + constant + words.getBigUint64(t * 8)
    const sum0 = turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)
    const t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c))
    ;[a, b, c, d, e, f, g, h] = [cut(t1 + t2), a, b, c, cut(d + t1), e, f, g]
  }
  const [p, q, r, s, t, u, v, w] = state
  return [cut(p + a), cut(q + b), cut(r + c), cut(s + d), cut(t + e), cut(u + f), cut(v + g), cut(w + h)]
}

function turn(word: bigint, bits: bigint): bigint {
  return (word >> bits) | cut(word << (64n - bits))
}

function hex(state: State): string {
  return state.map((word) => word.toString(16).padStart(16, '0')).join('')
}
