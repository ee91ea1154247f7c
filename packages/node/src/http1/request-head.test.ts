import { describe, expect, it } from 'vitest'
import { InvalidRequestError } from '@session-fetch/core'
import type { OutgoingRequest } from '../bodies/outgoing-request.js'
import { requestHead } from './head.js'

function head(options: Partial<OutgoingRequest>, keep = true): ReturnType<typeof requestHead> {
  const request = {
    origin: 'http://a.test',
    path: '/',
    method: 'GET',
    headers: [],
    body: null,
    ...options,
  }
  return requestHead(request, 'a.test', keep)
}

describe('requestHead', () => {
  it('has a line, a host and its fields', () => {
    const { text, length } = head({ path: '/x?y', headers: ['accept', '*/*'] })
    expect(text).toBe('GET /x?y HTTP/1.1\r\nhost: a.test\r\nconnection: keep-alive\r\naccept: */*\r\n\r\n')
    expect(length).toBe(0)
  })

  it('has one Host, and Connection: close if needed', () => {
    const { text } = head({ headers: ['host', 'b.test'] }, false)
    expect(text).toBe('GET / HTTP/1.1\r\nhost: b.test\r\nconnection: close\r\n\r\n')
  })

  it.each([
    ['text', 'POST', 'é', 'content-length: 2\r\n', 2],
    ['bytes', 'PUT', new Uint8Array(3), 'content-length: 3\r\n', 3],
    ['a blob', 'POST', new Blob(['abcd']), 'content-length: 4\r\n', 4],
    ['an iterable', 'POST', ['a'], 'transfer-encoding: chunked\r\n', null],
    ['nothing, in a method that has a body', 'patch', null, 'content-length: 0\r\n', 0],
    ['nothing, in one that has none', 'DELETE', null, '', 0],
  ])('frames %s', (_what, method, body, framing, length) => {
    const written = head({ method, body })
    expect(written.text).toBe(
      `${method} / HTTP/1.1\r\nhost: a.test\r\nconnection: keep-alive\r\n${framing}\r\n`,
    )
    expect(written.length).toBe(length)
  })

  it('frames an iterable by its declared length', () => {
    const { text, length } = head({ method: 'POST', body: ['a'], headers: ['content-length', '1'] })
    expect(text).toMatch(/content-length: 1\r\n\r\n$/)
    expect(text).not.toContain('chunked')
    expect(length).toBe(1)
  })

  it.each([
    ['a blank in the path', { path: '/a b' }],
    ['a line end in the path', { path: '/a\r\n' }],
    ['more than bytes in the path', { path: '/\u0100' }],
    ['a line end in a field', { headers: ['x', 'a\r\nb: c'] }],
    ['a control character in a field', { headers: ['x', 'a\x01'] }],
    ['more than bytes in a field', { headers: ['x', '\u0100'] }],
  ])('is not written with %s', (_what, options) => {
    expect(() => head(options)).toThrow(InvalidRequestError)
  })
})
