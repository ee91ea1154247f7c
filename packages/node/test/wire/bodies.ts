import { Readable } from 'node:stream'
import type { CallOptions } from '@session-fetch/node'
import type { WireRequest } from './parse-requests.js'

/** A request, and the expected body. */
export interface Sending {
  readonly name: string
  readonly method: string
  /** Created for each use, because some bodies are one-shot. */
  readonly call: () => CallOptions
  readonly framing: WireRequest['framing'] | 'length or chunked'
  /** As latin-1. */
  readonly body: string
  readonly type?: string
}

const utf8 = (text: string): string => Buffer.from(text).toString('latin1')
const TEXT = 'text/plain;charset=UTF-8'
const FORM = 'application/x-www-form-urlencoded'
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, index) => index)
const ALL = Buffer.from(ALL_BYTES).toString('latin1')

async function* pieces(...all: (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* all
}

function stream(...all: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const bytes of all) controller.enqueue(bytes)
      controller.close()
    },
  })
}

function sending(
  name: string,
  body: CallOptions['body'] | (() => CallOptions['body']),
  framing: Sending['framing'],
  bytes: string,
  type?: string,
): Sending {
  const call = (): CallOptions => ({ body: typeof body === 'function' ? body() : body })
  return { name, method: 'POST', call, framing, body: bytes, ...(type !== undefined && { type }) }
}

const none = (method: string, framing: Sending['framing']): Sending => ({
  name: 'no body',
  method,
  call: () => ({}),
  framing,
  body: '',
})

/** More than the read-ahead limit. */
const BIG = 1_100_000
const big = new Uint8Array(BIG).fill(0x61)

/** Every kind of body, and none. */
export const sendings: readonly Sending[] = [
  ...['GET', 'HEAD', 'DELETE', 'OPTIONS'].map((method) => none(method, 'none')),
  ...['POST', 'PUT', 'PATCH'].map((method) => none(method, 'length')),
  sending('null', null, 'length', ''),
  sending('text', 'h\xe9 \u20ac \u{1f600}', 'length', utf8('h\xe9 \u20ac \u{1f600}'), TEXT),
  sending('half a surrogate pair', 'a\ud83d', 'length', utf8('a\ufffd'), TEXT),
  sending('empty text', '', 'length', '', TEXT),
  sending(
    'text that looks like a request',
    'GET / HTTP/1.1\r\n\r\n',
    'length',
    'GET / HTTP/1.1\r\n\r\n',
    TEXT,
  ),
  sending('bytes', ALL_BYTES, 'length', ALL),
  sending('a part of bytes', ALL_BYTES.subarray(10, 20), 'length', ALL.slice(10, 20)),
  sending('no bytes', new Uint8Array(), 'length', ''),
  sending('an ArrayBuffer', ALL_BYTES.buffer, 'length', ALL),
  sending('a part in words', new Uint16Array(ALL_BYTES.buffer, 2, 3), 'length', ALL.slice(2, 8)),
  sending('a DataView', new DataView(ALL_BYTES.buffer, 250), 'length', ALL.slice(250)),
  sending('many bytes', big, 'length', 'a'.repeat(BIG)),
  sending('a Blob', new Blob([ALL_BYTES, '\u20ac'], { type: 'x/y' }), 'length', ALL + utf8('\u20ac'), 'x/y'),
  sending('a Blob without a type', new Blob(['ab']), 'length', 'ab'),
  sending('an empty Blob', new Blob([]), 'length', ''),
  sending('a large Blob', new Blob([big]), 'length', 'a'.repeat(BIG)),
  sending(
    'params',
    new URLSearchParams({ a: '1 +\xe9' }),
    'length',
    'a=1+%2B%C3%A9',
    `${FORM};charset=UTF-8`,
  ),
  sending('no params', new URLSearchParams(), 'length', '', `${FORM};charset=UTF-8`),
  {
    ...sending('json', null, 'length', '{"a":"\\n"}', 'application/json'),
    call: () => ({ json: { a: '\n' } }),
  },
  { ...sending('a form', null, 'length', 'a=1', FORM), call: () => ({ form: { a: 1 } }) },
  sending('a web stream', () => stream(ALL_BYTES, ALL_BYTES.subarray(0, 1)), 'chunked', `${ALL}\0`),
  sending('a web stream of nothing', () => stream(), 'length or chunked', ''),
  sending('a web stream with nothing in it', () => stream(new Uint8Array(), ALL_BYTES), 'chunked', ALL),
  sending('an iterable', () => pieces('\u20ac', ALL_BYTES, 'x'), 'chunked', `${utf8('\u20ac')}${ALL}x`),
  sending('an iterable of nothing', () => pieces(), 'length or chunked', ''),
  sending(
    'an iterable with nothing in it',
    () => pieces('', 'a', '', new Uint8Array(), 'b'),
    'chunked',
    'ab',
  ),
  sending('an iterable of nothings', () => pieces('', new Uint8Array()), 'length or chunked', ''),
  sending(
    'an iterable that looks like chunks',
    () => pieces('1\r\nx\r\n', '\r\n'),
    'chunked',
    '1\r\nx\r\n\r\n',
  ),
  sending(
    'an iterable of many',
    () => pieces(...Array<string>(2000).fill('ab')),
    'chunked',
    'ab'.repeat(2000),
  ),
  sending('an iterable of large ones', () => pieces(big, big), 'chunked', 'a'.repeat(2 * BIG)),
  sending('a Readable', () => Readable.from([Buffer.from('ab'), Buffer.from('c')]), 'chunked', 'abc'),
  { ...sending('text', 'x', 'length', 'x', TEXT), method: 'PUT' },
  { ...sending('text', 'x', 'length', 'x', TEXT), method: 'DELETE' },
  { ...sending('text', 'x', 'length', 'x', TEXT), method: 'PROPFIND' },
]
