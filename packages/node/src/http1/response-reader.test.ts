import { describe, expect, it } from 'vitest'
import { MalformedMessage } from '../base/network-error.js'
import { ResponseReader } from './response-reader.js'

interface Read {
  heads: number[]
  body: string
  /** `undefined` while more may come. */
  reusable: boolean | undefined
  /** How often there was data. */
  pieces: number
}

function reading(method = 'GET', maxHeaderSize = 16_384): { reader: ResponseReader; read: Read } {
  const read: Read = { heads: [], body: '', reusable: undefined, pieces: 0 }
  const reader = new ResponseReader(
    {
      onHead: ({ status }) => void read.heads.push(status),
      onData(data) {
        read.body += data.toString('latin1')
        read.pieces += 1
      },
      onEnd: (reusable) => void (read.reusable = reusable),
    },
    { method, maxHeaderSize },
  )
  return { reader, read }
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

function readAll(text: string, method?: string): Read {
  const { reader, read } = reading(method)
  reader.read(bytes(text))
  return read
}

const WHOLE: [what: string, text: string, body: string, reusable: boolean][] = [
  ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', 'abc', true],
  ['of no bytes', 'HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n', '', true],
  ['without a reason', 'HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na', 'a', true],
  ['with an empty reason', 'HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na', 'a', true],
  ['without content', 'HTTP/1.1 204 No Content\r\n\r\n', '', true],
  [
    'without content, but with its length',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n',
    '',
    true,
  ],
  [
    'in chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x="y"\r\n0123456789\r\n0\r\n\r\n',
    'abc0123456789',
    true,
  ],
  ['in no chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '', true],
  [
    'with trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n',
    'a',
    true,
  ],
  [
    'after interim ones',
    'HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    'a',
    true,
  ],
  ['that closes', 'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na', 'a', false],
  ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na', 'a', false],
  [
    'of HTTP/1.0 that stays',
    'HTTP/1.0 200 OK\r\nConnection: x, Keep-Alive\r\nContent-Length: 1\r\n\r\na',
    'a',
    true,
  ],
  [
    'of HTTP/1.0 in chunks',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '',
    false,
  ],
]

describe('ResponseReader', () => {
  // In quadratic time it takes longer than a test may.
  it('whose head arrives byte by byte is parsed in linear time', () => {
    const value = 'x'.repeat(400_000)
    const text = `HTTP/1.1 200 OK\r\nX: ${value}\r\nY: ${value}\r\nContent-Length: 2\r\n\r\nok`
    const { reader, read } = reading('GET', 1_000_000)
    for (const byte of bytes(text)) reader.read(Buffer.of(byte))
    expect(read).toEqual({ heads: [200], body: 'ok', reusable: true, pieces: 2 })
  })

  it.each(WHOLE)('%s is read, wherever it is split', (_what, text, body, reusable) => {
    for (let cut = 1; cut < text.length; cut += 1) {
      const { reader, read } = reading()
      reader.read(bytes(text.slice(0, cut)))
      reader.read(bytes(text.slice(cut)))
      expect([read.heads.at(-1), read.body, read.reusable, cut]).toEqual([
        expect.any(Number),
        body,
        reusable,
        cut,
      ])
    }
    const { reader, read } = reading()
    for (const byte of bytes(text)) reader.read(Buffer.of(byte))
    expect([read.body, read.reusable]).toEqual([body, reusable])
  })

  it.each(WHOLE)('%s, followed by more bytes, closes the connection', (_what, text, body) => {
    expect(readAll(`${text}H`)).toMatchObject({ body, reusable: false })
  })

  it('to HEAD has no body', () => {
    expect(readAll('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n', 'HEAD')).toMatchObject({
      body: '',
      reusable: true,
    })
    expect(readAll('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'HEAD').reusable).toBe(true)
  })

  it('without a length lasts until the connection ends', () => {
    const { reader, read } = reading()
    reader.read(bytes('HTTP/1.1 200 OK\r\n\r\nab'))
    reader.read(bytes('c'))
    expect(read).toMatchObject({ body: 'abc', reusable: undefined })
    expect(reader.end()).toBe(true)
    expect(read.reusable).toBe(false)
  })

  it.each([
    ['no bytes', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab'],
    ['half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab'],
    ['no last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n'],
    ['no end of trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n'],
    ['an interim head alone', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('is not whole with %s', (_what, text) => {
    const { reader, read } = reading()
    reader.read(bytes(text))
    expect(reader.end()).toBe(false)
    expect(read.reusable).toBeUndefined()
  })

  it('in a thousand small chunks is one chunk per read', () => {
    const chunks = '1\r\na\r\n'.repeat(1000)
    const read = readAll(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`)
    expect(read).toMatchObject({ body: 'a'.repeat(1000), pieces: 1, reusable: true })
  })

  it.each([
    ['another protocol', 'SSH-2.0-server'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
    ['HTTP/0.9', '<html>'],
    ['a lower-case version', 'http/1.1 200 OK\r\n\r\n'],
    ['a line end first', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['two blanks', 'HTTP/1.1  200 OK\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\n'],
    ['a bare line feed in a field', 'HTTP/1.1 200 OK\r\nX: a\nY: b\r\n\r\n'],
    ['a bare carriage return', 'HTTP/1.1 200 OK\r\nX: a\rY: b\r\n\r\n'],
    ['NUL in a field', 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n'],
    ['a folded line before any field', 'HTTP/1.1 200 OK\r\n X: a\r\n\r\n'],
    ['a folded length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n 1\r\n\r\na'],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na'],
    ['a field without a name', 'HTTP/1.1 200 OK\r\n: a\r\n\r\n'],
    ['a field without a colon', 'HTTP/1.1 200 OK\r\nX\r\n\r\n'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na'],
    ['a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na'],
    ['a length in hexadecimal', 'HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\na'],
    ['an empty length', 'HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\na'],
    ['an endless length', `HTTP/1.1 200 OK\r\nContent-Length: ${'9'.repeat(17)}\r\n\r\na`],
  ])('is refused with %s', (_what, text) => {
    expect(() => readAll(text)).toThrow(MalformedMessage)
  })

  it.each([
    ['no size', '\r\n'],
    ['a size that is none', 'x\r\n'],
    ['a blank after the size', '1 \r\na\r\n'],
    ['a sign before the size', '-1\r\na\r\n'],
    ['0x before the size', '0x1\r\na\r\n'],
    ['a size without end', 'f'.repeat(14)],
    ['a size line without end', `1;${'x'.repeat(5000)}`],
    ['a bare line feed after the size', '1\na\r\n'],
    ['a control character in an extension', '1;\x01\r\na\r\n'],
    ['more data than its size', '1\r\nab\r\n'],
    ['a trailer that is no field', '0\r\nx\r\n\r\n'],
  ])('in chunks is refused with %s', (_what, chunks) => {
    const text = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`
    const size = /without end/.test(_what) && !chunks.includes(';')
    expect(() => readAll(size ? `${text}\r\n` : text)).toThrow(MalformedMessage)
  })

  it.each([
    ['head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(10_000)}`],
    [
      'list of trailers',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'X: y\r\n'.repeat(400)}`,
    ],
  ])('whose %s has no end is given up', (_what, text) => {
    const { reader } = reading('GET', 1000)
    expect(() => reader.read(bytes(text))).toThrow(expect.objectContaining({ code: 'ERR_HTTP1_HEAD_SIZE' }))
  })
})
