import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { byPath, ours, prepared, rejection, testSession } from '../../test/test-session.js'
import * as errors from '../index.js'

const { ConnectionError, HttpError, SessionError } = errors

describe('SessionError', () => {
  it('names the failure, the method and the URL', () => {
    const request = { method: 'POST', url: 'https://api.test/a' }
    expect(new SessionError('It failed', { request }).message).toBe('It failed: POST https://api.test/a')
    expect(new SessionError('It failed').message).toBe('It failed')
  })

  it('contains no userinfo, query or fragment', () => {
    const request = prepared('https://api.test/a', { headers: { 'X-Api-Key': 'canary' } })
    request.url = 'https://canary:canary@api.test/a?token=canary#canary'
    const response = ours(new Response('canary', { headers: { 'Set-Cookie': 'sid=canary' } }), request)
    const error = new SessionError('It failed', { request, response })
    expect(error.request).toEqual({ method: 'GET', url: 'https://api.test/a' })
    for (const shown of [
      error.message,
      String(error),
      error.stack,
      JSON.stringify(error),
      inspect(error, { depth: 9 }),
    ]) {
      expect(shown).not.toContain('canary')
    }
  })

  it('does not show credentials in errors, including causes', async () => {
    const { session } = testSession(
      () =>
        Promise.reject(new ConnectionError('Refused', { request: prepared('https://api.test/?k=canary') })),
      { auth: ['canary', 'canary'], headers: { 'X-Token': 'canary', Cookie: 'a=canary' } },
    )
    const call = session.get('https://canary:canary@api.test/?key=canary', { cookies: { sid: 'canary' } })
    expect(inspect(await rejection(call), { depth: 9 })).not.toContain('canary')
  })

  it('replaces control characters of a peer by spaces', () => {
    const error = new HttpError(ours(new Response(null, { status: 500, statusText: 'a\tb' })))
    expect(error.message).toBe('HTTP 500 a b: GET https://api.test/')
    expect(new SessionError('a\r\nSet-Cookie: x\u001b[2J').message).toBe('a Set-Cookie: x [2J')
  })

  it('has a cause only if one is given', () => {
    const cause = new Error('why')
    expect(new SessionError('It failed', { cause }).cause).toBe(cause)
    expect('cause' in new SessionError('It failed')).toBe(false)
  })

  it('has no request and no response unless they are given', () => {
    const error = new SessionError('It failed')
    expect('request' in error).toBe(false)
    expect('response' in error).toBe(false)
  })

  it('has JSON that is safe to log', () => {
    const error = new HttpError(ours(new Response('secret', { status: 404, statusText: 'Not Found' })))
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'HttpError',
      code: 'ERR_HTTP_STATUS',
      message: 'HTTP 404 Not Found: GET https://api.test/',
      phase: 'status',
      retryable: false,
      request: { method: 'GET', url: 'https://api.test/' },
      status: 404,
    })
  })

  it.each([
    ['InvalidRequestError', 'ERR_INVALID_REQUEST', 'prepare', false],
    ['UnsupportedError', 'ERR_UNSUPPORTED', 'prepare', false],
    ['SessionClosedError', 'ERR_SESSION_CLOSED', 'closed', false],
    ['ConnectionError', 'ERR_CONNECTION', 'connect', true],
    ['DnsError', 'ERR_DNS', 'connect', true],
    ['InvalidRedirectError', 'ERR_INVALID_REDIRECT', 'redirect', false],
    ['TooManyRedirectsError', 'ERR_TOO_MANY_REDIRECTS', 'redirect', false],
    ['AuthError', 'ERR_AUTH', 'auth', false],
    ['HookError', 'ERR_HOOK', 'hook', false],
  ] as const)('%s has the code %s, the phase %s and retryable %s', (name, code, phase, retryable) => {
    const error = new errors[name]('It failed')
    expect(error).toMatchObject({ name, code, phase, retryable })
    expect(error).toBeInstanceOf(SessionError)
    expect(error).toBeInstanceOf(Error)
  })

  it.each([
    ['ProtocolError', 'ERR_PROTOCOL'],
    ['TruncatedError', 'ERR_TRUNCATED'],
    ['DecodeError', 'ERR_DECODE'],
    ['ResponseTooLargeError', 'ERR_RESPONSE_TOO_LARGE'],
    ['HeadersTooLargeError', 'ERR_HEADERS_TOO_LARGE'],
    ['TimeoutError', 'ERR_TIMEOUT'],
    ['TlsError', 'ERR_TLS'],
    ['ProxyError', 'ERR_PROXY'],
  ] as const)('%s has the code %s', (name, code) => {
    expect(new errors[name]('It failed')).toMatchObject({ name, code })
  })

  it.each(['DnsError', 'TlsError', 'ProxyError'] as const)('%s is a ConnectionError', (name) => {
    expect(new errors[name]('It failed')).toBeInstanceOf(ConnectionError)
  })

  it('never marks a rejected certificate as retryable', () => {
    expect(new errors.TlsError('Refused').retryable).toBe(false)
  })
})

describe('HttpError', () => {
  it('has the response, with a readable body', async () => {
    const { session } = testSession(byPath({ '/no': () => new Response('why not', { status: 403 }) }))
    const error = await rejection(session.get('https://api.test/no').text())
    expect(error).toBeInstanceOf(HttpError)
    if (!(error instanceof HttpError)) throw error
    expect(error.status).toBe(403)
    expect(await error.response.text()).toBe('why not')
  })

  it('omits an empty reason phrase', () => {
    expect(new HttpError(ours(new Response(null, { status: 500 }))).message).toBe(
      'HTTP 500: GET https://api.test/',
    )
  })
})
