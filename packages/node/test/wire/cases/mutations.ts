import type { Ending } from '../deliver.js'
import { Random } from '../random.js'
import type { WireCase } from './wire-case.js'

const ok = (...lines: string[]): string => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`

/** Valid answers, all of which say in themselves where they end, but for the last two. */
const SEEDS = [
  `${ok('Content-Length: 5')}hello`,
  `${ok('Date: Thu, 01 Jan 1970 00:00:00 GMT', 'Content-Length: 12', 'X-A: 1')}Content-Leng`,
  `${ok('Content-Type: text/plain', 'Transfer-Encoding: chunked')}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`,
  `${ok('Transfer-Encoding: chunked')}1;a=b\r\nx\r\nA;c="d"\r\n0123456789\r\n0;e\r\nX-T: 1\r\n\r\n`,
  `${ok('Transfer-Encoding: chunked', 'Connection: close')}3\r\n0\r\n\r\n0\r\n\r\n`,
  'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 9\r\n\r\n',
  'HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n',
  `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok('Content-Length: 2')}ok`,
  'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nold',
  'HTTP/1.0 200 OK\r\n\r\nuntil the end',
  `${ok('Connection: close', 'X-A: \xe9\t\xff', 'x-a: 2')}until the end`,
] as const

/** Bytes that a grammar turns on. */
const TELLING = Buffer.from('\0\t\n\v\r !"+,-./09:;=AFXafx\x7f\x80\xff', 'latin1')

type Mutation = (bytes: Buffer, random: Random) => Buffer

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  function flipBit(bytes, random) {
    const at = random.below(bytes.length)
    return spliced(bytes, at, 1, Buffer.of((bytes[at] ?? 0) ^ (1 << random.below(8))))
  },
  function replace(bytes, random) {
    return spliced(bytes, random.below(bytes.length), 1, telling(random))
  },
  function insert(bytes, random) {
    return spliced(bytes, random.below(bytes.length + 1), 0, telling(random))
  },
  function remove(bytes, random) {
    return spliced(bytes, random.below(bytes.length), 1 + random.below(4))
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.below(bytes.length))
  },
  function repeat(bytes, random) {
    const at = random.below(bytes.length)
    return spliced(bytes, at, 0, bytes.subarray(at, at + 1 + random.below(30)))
  },
  function repeatLine(bytes, random) {
    const [at, length] = line(bytes, random)
    return spliced(bytes, at, 0, bytes.subarray(at, at + length))
  },
  function removeLine(bytes, random) {
    return spliced(bytes, ...line(bytes, random))
  },
  function swapLineEnd(bytes, random) {
    const [at, length] = line(bytes, random)
    const end = random.pick(['\n', '\r', '\n\r', '\r\r\n', ' \r\n', '\r\n ', '\r\n\r\n'])
    return spliced(bytes, Math.max(at, at + length - 2), 2, Buffer.from(end))
  },
]

/** Valid answers that a few mutations have changed; the same for the same seed. */
/** These bytes after one to three mutations. */
export function mutated(seed: number, count: number): WireCase[] {
  const random = new Random(seed)
  return Array.from({ length: count }, (_, index) => {
    const bytes = mutate(Buffer.from(random.pick(SEEDS), 'latin1'), random)
    const ending = random.pick<Ending>(['open', 'open', 'end', 'end', 'end', 'reset'])
    return { name: `${index}`, bytes, ending, cuts: cutsOf(bytes, random) }
  })
}

/** These bytes after one to three mutations. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let result = bytes
  for (let left = random.pick([1, 1, 1, 2, 3]); left > 0 && result.length > 0; left -= 1)
    result = random.pick(MUTATIONS)(result, random)
  return result
}

function cutsOf(bytes: Buffer, random: Random): number[] {
  const cuts = Array.from({ length: random.below(4) }, () => random.below(bytes.length + 1))
  return cuts.sort((a, b) => a - b)
}

function spliced(bytes: Buffer, at: number, removed: number, put: Uint8Array = Buffer.alloc(0)): Buffer {
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + removed)])
}

function telling(random: Random): Buffer {
  const at = random.below(TELLING.length)
  return TELLING.subarray(at, at + 1)
}

/** Where a line begins, and how long it is with its end. */
function line(bytes: Buffer, random: Random): [at: number, length: number] {
  const at = bytes.lastIndexOf('\n', random.below(bytes.length) - 1) + 1
  const end = bytes.indexOf('\n', at)
  return [at, (end < 0 ? bytes.length : end + 1) - at]
}
