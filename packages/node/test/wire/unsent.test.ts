import { type CallOptions, InvalidRequestError } from '@session-fetch/node'
import { describe, expect, it } from 'vitest'
import { sessionOver } from '../fault-stage.js'
import { parseRequests, valuesOf } from './parse-requests.js'
import { type Recorder, startRecorder } from './recorder.js'

/** The request was refused, and nothing was written. */
async function expectUnsent(recorder: Recorder, call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => expect.unreachable(),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(InvalidRequestError)
  expect(recorder.raw(0)).toBe('')
}

describe('session.request', () => {
  it.each([
    ['what is not latin-1', 'a\u20ac'],
    ['a line end', 'a\r\nEvil: 1'],
    ['a bare line feed', 'a\nEvil: 1'],
    ['a bare carriage return', 'a\rb'],
    ['a line end that another character follows', 'a\r\n\x0b'],
    ['NUL', 'a\0b'],
    ['a control character', 'a\x01b'],
    ['DEL', 'a\x7fb'],
  ])('writes nothing of a request with %s in a value', async (_name, value) => {
    const recorder = await startRecorder()
    const session = sessionOver('sockets')
    await expectUnsent(recorder, session.get(recorder.url, { headers: { 'X-A': value } }))
    await expectUnsent(recorder, session.get(recorder.url, { headers: [['X-A', value]] }))
    expect(recorder.connections()).toBe(0)
  })

  it.each(['X Y', 'X:', 'X\r\nEvil', 'X\n', '\0', '', '\xe9', '(x)', 'X\t'])(
    'writes nothing of a request with the name %j',
    async (name) => {
      const recorder = await startRecorder()
      await expectUnsent(recorder, sessionOver('sockets').get(recorder.url, { headers: { [name]: '1' } }))
      expect(recorder.connections()).toBe(0)
    },
  )

  it.each(['GET /evil', 'GET\r\nEvil: 1', 'GE\0T', '', '\xc4', 'GET\t', 'CONNECT', 'TRACE', 'track'])(
    'writes nothing of a request with the method %j',
    async (method) => {
      const recorder = await startRecorder()
      await expectUnsent(recorder, sessionOver('sockets').request(method, recorder.url))
      expect(recorder.connections()).toBe(0)
    },
  )

  it.each(['GET', 'HEAD'])('writes nothing of a request with a body for %s', async (method) => {
    const recorder = await startRecorder()
    await expectUnsent(recorder, sessionOver('sockets').request(method, recorder.url, { body: 'x' }))
    expect(recorder.connections()).toBe(0)
  })

  it.each([
    ['Content-Length', '4'],
    ['content-length', '0'],
    ['Transfer-Encoding', 'chunked'],
    ['Connection', 'close'],
    ['Keep-Alive', 'timeout=5'],
    ['Upgrade', 'h2c'],
    ['Expect', '100-continue'],
  ])('writes nothing of a request that frames itself with %s', async (name, value) => {
    const recorder = await startRecorder()
    const session = sessionOver('sockets')
    const headers = { [name]: value }
    await expectUnsent(recorder, session.post(recorder.url, { body: 'abc', headers }))
    await expectUnsent(recorder, session.get(recorder.url, { headers }))
    const hook = ({ request }: { request: { headers: Headers } }): void => request.headers.set(name, value)
    await expectUnsent(recorder, session.get(recorder.url, { hooks: { request: [hook] } }))
    expect(recorder.connections()).toBe(0)
  })
})

/** Only the transport checks what auth edits. */
describe('auth: what it makes of a request', () => {
  it.each([
    ['a longer length', 'Content-Length', '10'],
    ['a shorter length', 'Content-Length', '1'],
    ['a length of 0', 'Content-Length', '0'],
    ['a length that is none', 'Content-Length', 'abc'],
    ['a negative length', 'Content-Length', '-3'],
    ['two lengths', 'Content-Length', '3, 3'],
    ['a coding', 'Transfer-Encoding', 'chunked'],
    ['a control character', 'X-A', 'a\x01b'],
    ['an upgrade', 'Upgrade', 'h2c'],
  ])('is not written with %s', async (_what, name, value) => {
    const recorder = await startRecorder(undefined, { early: true })
    const session = sessionOver('sockets')
    const auth: CallOptions['auth'] = ({ headers }) => headers.set(name, value)
    await expectUnsent(recorder, session.post(recorder.url, { body: 'abc', auth }))
    expect(await session.get(recorder.url).text()).toBe('ok')
  })

  it.each(['GET / HTTP/1.1\r\nEvil: 1\r\n\r\nGET', 'GE T', ''])(
    'is not written with the method %j',
    async (method) => {
      const recorder = await startRecorder(undefined, { early: true })
      const auth: CallOptions['auth'] = (request) => void (request.method = method)
      await expectUnsent(recorder, sessionOver('sockets').post(recorder.url, { body: 'abc', auth }))
    },
  )

  it.each(['/a b', '/a\r\nEvil: 1', '/a\nb', '/a\0'])('is not split by the path %j', async (path) => {
    const recorder = await startRecorder(undefined, { early: true })
    const auth: CallOptions['auth'] = (request) => void (request.url = recorder.url.slice(0, -1) + path)
    const session = sessionOver('sockets')
    await session.get(recorder.url, { auth }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(InvalidRequestError)
    })
    for (const { fields, target } of parseRequests(recorder.raw(0))) {
      expect(valuesOf({ fields }, 'evil')).toEqual([])
      expect(target).toMatch(/^\/a/)
    }
  })
})
