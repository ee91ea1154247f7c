import { gzipSync } from 'node:zlib'
import type { Ending } from '../deliver.js'
import type { Accepted } from '../parser/outcome.js'

/** A valid response, the expected result of a reader, and the state of the connection. */
export interface ValidAnswer {
  readonly name: string
  readonly bytes: Buffer
  readonly expected: Accepted
  /** Whether the next request uses the same connection. */
  readonly reused: boolean
  /** What the server does after the last byte. Default: nothing. */
  readonly ending?: Ending
  /** Default: GET. */
  readonly method?: 'GET' | 'HEAD'
}

type Fields = readonly (readonly [name: string, value: string])[]

const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n\r\n`
const bytes = (parts: (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
const ok = (headers: Fields, body: string): Accepted => ({ status: 200, statusText: 'OK', headers, body })

function answer(
  name: string,
  parts: (string | Uint8Array)[],
  expected: Accepted,
  other: Partial<ValidAnswer> = {},
): ValidAnswer {
  return { name, bytes: bytes(parts), expected, reused: true, ...other }
}

const OK = 'HTTP/1.1 200 OK'
const CHUNKED: Fields = [['transfer-encoding', 'chunked']]
const LENGTH_5: Fields = [['content-length', '5']]
const zipped = gzipSync('hello')

const withLength: ValidAnswer[] = [
  answer('a length', [lines(OK, 'Content-Length: 5'), 'hello'], ok(LENGTH_5, 'hello')),
  answer('a length of 0', [lines(OK, 'Content-Length: 0')], ok([['content-length', '0']], '')),
  answer(
    'blanks and tabs around the values',
    [lines(OK, 'Content-Length:\t 5\t', 'X-A:a \tb \t '), 'hello'],
    ok([...LENGTH_5, ['x-a', 'a \tb']], 'hello'),
  ),
  answer(
    'a body that looks like an answer',
    [lines(OK, 'Content-Length: 38'), lines(OK, 'Content-Length: 0')],
    ok([['content-length', '38']], lines(OK, 'Content-Length: 0')),
  ),
  answer(
    'a body of bytes',
    [lines(OK, 'Content-Length: 6'), '\0\r\n\r\n\xff'],
    ok([['content-length', '6']], '\0\r\n\r\n\xff'),
  ),
  answer(
    'gzip',
    [lines(OK, 'Content-Encoding: gzip', `Content-Length: ${zipped.length}`), zipped],
    ok(
      [
        ['content-encoding', 'gzip'],
        ['content-length', String(zipped.length)],
      ],
      'hello',
    ),
  ),
  answer('no reason', [lines('HTTP/1.1 299', 'Content-Length: 5'), 'hello'], {
    status: 299,
    statusText: '',
    headers: LENGTH_5,
    body: 'hello',
  }),
  answer('a reason in latin-1', [lines('HTTP/1.1 404 Pas trouv\xe9  ici', 'Content-Length: 5'), 'hello'], {
    status: 404,
    statusText: 'Pas trouv\xe9  ici',
    headers: LENGTH_5,
    body: 'hello',
  }),
]

const inChunks: ValidAnswer[] = [
  answer(
    'chunks',
    [lines(OK, 'Transfer-Encoding: chunked'), '3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n'],
    ok(CHUNKED, 'hello'),
  ),
  answer('no chunks but the last', [lines(OK, 'Transfer-Encoding: chunked'), '0\r\n\r\n'], ok(CHUNKED, '')),
  answer(
    'chunks with extensions and trailers',
    [
      lines(OK, 'Transfer-Encoding: Chunked', 'Trailer: X-T'),
      '00A;a;b=c;d="e;\xe9"\r\n0123456789\r\n2\r\n\r\n\r\n0;z\r\nX-T: 1\r\nSet-Cookie: a=1\r\n\r\n',
    ],
    ok(
      [
        ['trailer', 'X-T'],
        ['transfer-encoding', 'Chunked'],
      ],
      '0123456789\r\n',
    ),
  ),
  answer(
    'chunks of gzip',
    [
      lines(OK, 'Transfer-Encoding: chunked', 'Content-Encoding: gzip'),
      `7\r\n`,
      zipped.subarray(0, 7),
      `\r\n${(zipped.length - 7).toString(16)}\r\n`,
      zipped.subarray(7),
      '\r\n0\r\n\r\n',
    ],
    ok([['content-encoding', 'gzip'], ...CHUNKED], 'hello'),
  ),
]

const untilTheEnd: ValidAnswer[] = [
  answer('a body until the end', [lines(OK, 'X-A: 1'), 'hello'], ok([['x-a', '1']], 'hello'), {
    reused: false,
    ending: 'end',
  }),
  answer('no body until the end', [lines(OK)], ok([], ''), { reused: false, ending: 'end' }),
  answer(
    'a close with a length',
    [lines(OK, 'Connection: Foo, Close', 'Content-Length: 5'), 'hello'],
    ok([['connection', 'Foo, Close'], ...LENGTH_5], 'hello'),
    { reused: false },
  ),
  answer(
    'a close with chunks',
    [lines(OK, 'Connection: close', 'Transfer-Encoding: chunked'), '5\r\nhello\r\n0\r\n\r\n'],
    ok([['connection', 'close'], ...CHUNKED], 'hello'),
    { reused: false },
  ),
  answer('HTTP/1.0', [lines('HTTP/1.0 200 OK', 'Content-Length: 5'), 'hello'], ok(LENGTH_5, 'hello'), {
    reused: false,
  }),
  answer(
    'HTTP/1.0 that is kept alive',
    [lines('HTTP/1.0 200 OK', 'Connection: Keep-Alive', 'Content-Length: 5'), 'hello'],
    ok([['connection', 'Keep-Alive'], ...LENGTH_5], 'hello'),
  ),
  answer(
    'HTTP/1.0 that is kept alive, until the end',
    [lines('HTTP/1.0 200 OK', 'Connection: keep-alive'), 'hello'],
    ok([['connection', 'keep-alive']], 'hello'),
    { reused: false, ending: 'end' },
  ),
]

const withoutBody: ValidAnswer[] = [
  answer('204', [lines('HTTP/1.1 204 No Content', 'X-A: 1')], {
    status: 204,
    statusText: 'No Content',
    headers: [['x-a', '1']],
    body: '',
  }),
  answer('304 with a length', [lines('HTTP/1.1 304 Not Modified', 'Content-Length: 5')], {
    status: 304,
    statusText: 'Not Modified',
    headers: LENGTH_5,
    body: '',
  }),
  answer('205 with a length of 0', [lines('HTTP/1.1 205 Reset Content', 'Content-Length: 0')], {
    status: 205,
    statusText: 'Reset Content',
    headers: [['content-length', '0']],
    body: '',
  }),
  answer('HEAD with a length', [lines(OK, 'Content-Length: 5')], ok(LENGTH_5, ''), { method: 'HEAD' }),
  answer(
    'HEAD with chunks and gzip',
    [lines(OK, 'Transfer-Encoding: chunked', 'Content-Encoding: gzip')],
    ok([['content-encoding', 'gzip'], ...CHUNKED], ''),
    { method: 'HEAD' },
  ),
  answer('HEAD with no length', [lines(OK, 'X-A: 1')], ok([['x-a', '1']], ''), { method: 'HEAD' }),
]

const withMore: ValidAnswer[] = [
  answer(
    '100 and 103 before it',
    [
      lines('HTTP/1.1 100 Continue'),
      lines('HTTP/1.1 103 Early Hints', 'Link: </a>', 'Content-Length: 9'),
      lines(OK, 'Content-Length: 5'),
      'hello',
    ],
    ok(LENGTH_5, 'hello'),
  ),
  answer(
    'many headers',
    [
      lines(
        OK,
        ...Array.from({ length: 30 }, (_, index) => `X${index + 100}: ${index}`),
        'Content-Length: 5',
      ),
      'hello',
    ],
    ok(
      [...LENGTH_5, ...Array.from({ length: 30 }, (_, index) => [`x${index + 100}`, `${index}`] as const)],
      'hello',
    ),
  ),
  answer(
    'headers in latin-1, in UTF-8, empty and repeated',
    [
      lines(
        OK,
        'X-A: \xe9\xff',
        'X-B: \xe2\x82\xac',
        'x-a: 2',
        'X-C:',
        'Set-Cookie: a=1',
        'Set-Cookie: b=2, 3',
        'Content-Length: 0',
      ),
    ],
    ok(
      [
        ['content-length', '0'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2, 3'],
        ['x-a', '\xe9\xff, 2'],
        ['x-b', '\xe2\x82\xac'],
        ['x-c', ''],
      ],
      '',
    ),
  ),
]

export const corpus: readonly ValidAnswer[] = [
  ...withLength,
  ...inChunks,
  ...untilTheEnd,
  ...withoutBody,
  ...withMore,
]
