import { mutate } from './mutations.js'
import type { Random } from '../random.js'
import type { WireCase } from './wire-case.js'

const TCHARS = "!#$%&'*+-.^_`|~09azAZ"
/** Text of a value that means something to a parser elsewhere, and bytes that only look like text. */
const VALUES = [
  '',
  'a',
  'chunked',
  'close',
  '5',
  'a, b',
  '"q"',
  'x:y',
  '\x80\xff',
  'a\tb',
  '\xc3\xa9',
] as const
const BODIES = [
  '',
  'x',
  'hello',
  '0\r\n\r\n',
  '\r\n',
  'HTTP/1.1 200 OK\r\n\r\n',
  '\0\xff',
  'ab'.repeat(40),
] as const
const OPTIONS = ['close', 'keep-alive', 'Keep-Alive, X', 'x-other', 'Close'] as const

type Framing = 'length' | 'chunks' | 'end' | 'none'

/** An answer as RFC 9112 allows it, which the random numbers choose; every third is spoiled by mutations. */
export function generated(random: Random): WireCase {
  const method = random.below(8) === 0 ? 'HEAD' : 'GET'
  const framing = random.pick<Framing>(['length', 'length', 'chunks', 'chunks', 'end', 'none'])
  const interim = random.below(6) === 0 ? interimHead(random) : ''
  const valid = Buffer.from(interim + final(random, framing, method), 'latin1')
  const spoiled = random.below(3) === 0
  const bytes = spoiled ? mutate(valid, random) : valid
  return { name: framing, bytes, ending: 'end', method, ...(!spoiled && { must: 'accept' }) }
}

function final(random: Random, framing: Framing, method: 'GET' | 'HEAD'): string {
  const old = framing !== 'chunks' && random.below(8) === 0
  const status = framing === 'none' ? random.pick([204, 304]) : random.pick([200, 200, 201, 404, 599, 206])
  const reason = random.pick([' ', ' OK', ' Pas trouv\xe9', '', ' a  b\t'])
  const body = framing === 'none' ? '' : random.pick(BODIES)
  const fields = [...others(random), ...framingFields(framing, body)]
  if (random.below(4) === 0) fields.push(`Connection: ${random.pick(OPTIONS)}`)
  const lines = shuffled(fields, random).join('\r\n')
  const start = `HTTP/1.${old ? 0 : 1} ${status}${reason}`
  const head = `${start}\r\n${lines}${lines === '' ? '' : '\r\n'}\r\n`
  if (method === 'HEAD') return head
  return head + (framing === 'chunks' ? chunks(body, random) : body)
}

function interimHead(random: Random): string {
  return `HTTP/1.1 ${random.pick(['100 Continue', '103 Early Hints', '102'])}\r\n${others(random)
    .map((line) => `${line}\r\n`)
    .join('')}\r\n`
}

function framingFields(framing: Framing, body: string): string[] {
  if (framing === 'length') return [`Content-Length: ${body.length}`]
  return framing === 'chunks' ? ['Transfer-Encoding: chunked'] : []
}

/** Fields that say nothing about the body. */
function others(random: Random): string[] {
  return Array.from({ length: random.below(4) }, () => {
    const name = `x${Array.from({ length: random.below(6) }, () => TCHARS[random.below(TCHARS.length)]).join('')}`
    const blank = random.pick(['', ' ', '\t', '  '])
    return `${name}:${blank}${random.pick(VALUES)}${random.pick(['', ' ', ''])}`
  })
}

/** The body in chunks of random sizes, their sizes written in the ways that there are. */
function chunks(body: string, random: Random): string {
  let text = ''
  for (let rest = body; rest !== ''; ) {
    const size = 1 + random.below(rest.length)
    text += `${sizeOf(size, random)}\r\n${rest.slice(0, size)}\r\n`
    rest = rest.slice(size)
  }
  const trailers = random.below(4) === 0 ? `X-T: ${random.pick(VALUES)}\r\n` : ''
  return `${text}${random.pick(['0', '00'])}\r\n${trailers}\r\n`
}

function sizeOf(size: number, random: Random): string {
  const hex = random.pick(['', '0', '']) + size.toString(16)
  const extension = random.pick(['', '', '', ';a', ';a=b', ';a="b c"'])
  return (random.below(2) === 0 ? hex.toUpperCase() : hex) + extension
}

function shuffled<Item>(items: Item[], random: Random): Item[] {
  const rest = [...items]
  return items.map(() => rest.splice(random.below(rest.length), 1)).flat()
}
