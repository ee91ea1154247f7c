type State = readonly [a: number, b: number, c: number, d: number]
type Mix = (b: number, c: number, d: number) => number

/** RFC 1321 §3.4: the function of each round, its rotations, and the word of each step. */
const ROUNDS: { mix: Mix; turns: number[]; word: (step: number) => number }[] = [
  { mix: (b, c, d) => (b & c) | (~b & d), turns: [7, 12, 17, 22], word: (step) => step },
  { mix: (b, c, d) => (b & d) | (c & ~d), turns: [5, 9, 14, 20], word: (step) => 5 * step + 1 },
  { mix: (b, c, d) => b ^ c ^ d, turns: [4, 11, 16, 23], word: (step) => 3 * step + 5 },
  { mix: (b, c, d) => c ^ (b | ~d), turns: [6, 10, 15, 21], word: (step) => 7 * step },
]
const STEPS = ROUNDS.flatMap(({ mix, turns, word }) =>
  [...turns, ...turns, ...turns, ...turns].map((turn, step) => ({
    mix,
    turn,
    offset: (word(step) % 16) * 4,
  })),
).map((step, index) => ({ ...step, constant: Math.floor(2 ** 32 * Math.abs(Math.sin(index + 1))) }))

/** MD5 in hex. Only for Digest, which requires it. */
export function md5(message: Uint8Array): string {
  const padded = padMessage(message, 64, true)
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let at = 0; at < padded.byteLength; at += 64) state = compress(state, padded, at)
  return state.map(littleEndianHex).join('')
}

function compress(state: State, message: DataView, at: number): State {
  let [a, b, c, d] = state
  for (const { mix, turn, offset, constant } of STEPS) {
    const sum = (a + mix(b, c, d) + constant + message.getUint32(at + offset, true)) | 0
    const turned = (sum << turn) | (sum >>> (32 - turn))
    ;[a, b, c, d] = [d, (b + turned) | 0, b, c]
  }
  return [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0]
}

function littleEndianHex(word: number): string {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, word, true)
  return view.getUint32(0).toString(16).padStart(8, '0')
}

type Sha256State = [number, number, number, number, number, number, number, number]

/** SHA-256's constants are the first halves of SHA-512's. */
const upper = (bits: bigint): number => Number(bits >> 32n)
let constants: number[] | undefined
let start: Sha256State | undefined

/** SHA-256 in hex (FIPS 180-4). `crypto.subtle` is missing in insecure contexts. */
export function sha256(message: Uint8Array): string {
  constants ??= rootFractions(3, 64).map(upper)
  start ??= rootFractions(2, 8).map(upper) as Sha256State // there are eight
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

/**
 * Pads a message for MD5 and SHA-2: a 1 bit, zeros, and the length in bits at the end of the last block.
 *
 * @param block The block size in bytes.
 */
export function padMessage(message: Uint8Array, block: 64 | 128, littleEndian: boolean): DataView {
  const size = Math.ceil((message.length + 1 + block / 8) / block) * block
  const bytes = new Uint8Array(size)
  bytes.set(message)
  bytes[message.length] = 0x80
  const padded = new DataView(bytes.buffer)
  padded.setBigUint64(size - 8, BigInt(message.length) * 8n, littleEndian)
  return padded
}

/**
 * The first 64 bits of the fractional parts of the square or cube roots of the first primes: the constants
 * of SHA-2 (FIPS 180-4, sections 4.2 and 5.3).
 */
export function rootFractions(degree: 2 | 3, count: number): bigint[] {
  return firstPrimes(count).map((prime) =>
    BigInt.asUintN(64, root(BigInt(prime) << BigInt(64 * degree), BigInt(degree))),
  )
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let candidate = 2; primes.length < count; candidate += 1)
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate)
  return primes
}

/** The integer root by Newton's method, from above: 2^70 exceeds every root needed here. */
function root(value: bigint, degree: bigint): bigint {
  let guess = 1n << 70n
  for (;;) {
    const next = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree
    if (next >= guess) return guess
    guess = next
  }
}
