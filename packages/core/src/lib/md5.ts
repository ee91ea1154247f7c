import { padMessage } from './hash-padding.js'

type State = readonly [a: number, b: number, c: number, d: number]
type Mix = (b: number, c: number, d: number) => number

/** RFC 1321, section 3.4: how a round mixes, how far its steps turn, and which word each of them takes. */
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

/** The MD5 of a message in hex. For Digest, which asks for it; it protects nothing else. */
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
