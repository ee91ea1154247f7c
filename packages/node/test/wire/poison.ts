import { head, ok } from '@session-fetch/test-support/fault-server'

/** What a hostile server would have its victim take for the answer to the next request. */
export const EVIL = 'evil'

const evil = ok(EVIL, 'Set-Cookie: evil=1').toString('latin1')

/** Bytes that are not part of a response. */
export const surplus: readonly [name: string, bytes: string][] = [
  ['one byte', 'x'],
  ['NUL', '\0'],
  ['a line end', '\r\n'],
  ['a blank line', '\r\n\r\n'],
  ['the end of chunks', '0\r\n\r\n'],
  ['an answer', evil],
  ['an answer after a line end', `\r\n${evil}`],
  ['three answers', evil.repeat(3)],
  ['half an answer', evil.slice(0, -2)],
  ['the head of an answer until the end', head('200 OK', 'Connection: close')],
  ['an interim answer', head('103 Early Hints')],
  ['a 100', head('100 Continue')],
  ['a switch of protocols', head('101 Switching Protocols', 'Upgrade: x', 'Connection: upgrade')],
  ['a 408, as servers say farewell', head('408 Request Timeout', 'Connection: close', 'Content-Length: 0')],
  ['64 KiB', 'x'.repeat(65_536)],
]

/** Whole answers to GET, with `mine` for a body or with none. */
export const answers: readonly [name: string, bytes: string, body: string][] = [
  ['a length', `${head('200 OK', 'Content-Length: 4')}mine`, 'mine'],
  ['a length of 0', head('200 OK', 'Content-Length: 0'), ''],
  ['chunks', `${head('200 OK', 'Transfer-Encoding: chunked')}4\r\nmine\r\n0\r\n\r\n`, 'mine'],
  ['trailers', `${head('200 OK', 'Transfer-Encoding: chunked')}4\r\nmine\r\n0\r\nX: a\r\n\r\n`, 'mine'],
  ['204', head('204 No Content'), ''],
  ['304', head('304 Not Modified', 'Content-Length: 4'), ''],
  ['205', head('205 Reset Content', 'Content-Length: 0'), ''],
]

/** Answers to HEAD with the bodies that they must not have. */
export const answersToHead: readonly [name: string, bytes: string][] = [
  ['a length', ok(EVIL).toString('latin1')],
  ['chunks', `${head('200 OK', 'Transfer-Encoding: chunked')}4\r\n${EVIL}\r\n0\r\n\r\n`],
  ['no length', `${head('200 OK', 'X: a')}${evil}`],
  ['an answer for a body', `${head('200 OK', `Content-Length: ${evil.length}`)}${evil}`],
]
