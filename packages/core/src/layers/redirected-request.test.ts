import { describe, expect, it } from 'vitest'
import { oneShot, ours, prepared, redirect, thrown } from '../../test/test-session.js'
import type { CallOptions } from '../call/options.js'
import { InvalidRedirectError } from '../model/errors.js'
import type { PreparedRequest } from '../request/prepared-request.js'
import { redirectedRequest } from './redirects.js'

const HOME = 'https://api.test/a/b?q=1'

function redirected(
  request: PreparedRequest,
  {
    status = 302,
    location = '/c',
    allowed = false,
  }: { status?: number; location?: string; allowed?: boolean } = {},
): PreparedRequest | null {
  return redirectedRequest(request, ours(redirect(location, status), request), () => allowed)
}

const withBody = (method: string, init: CallOptions = {}): PreparedRequest =>
  prepared(HOME, {
    method,
    body: 'text',
    headers: { 'Content-Language': 'de', 'Content-Encoding': 'x', 'Content-Location': '/l' },
    ...init,
  })

describe('redirectedRequest method and body', () => {
  it.each([
    [301, 'GET', 'GET'],
    [301, 'HEAD', 'HEAD'],
    [301, 'POST', 'GET'],
    [301, 'PUT', 'PUT'],
    [301, 'PATCH', 'PATCH'],
    [301, 'DELETE', 'DELETE'],
    [302, 'GET', 'GET'],
    [302, 'HEAD', 'HEAD'],
    [302, 'POST', 'GET'],
    [302, 'PUT', 'PUT'],
    [302, 'PATCH', 'PATCH'],
    [302, 'DELETE', 'DELETE'],
    [303, 'GET', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'PATCH', 'GET'],
    [303, 'DELETE', 'GET'],
    [307, 'GET', 'GET'],
    [307, 'HEAD', 'HEAD'],
    [307, 'POST', 'POST'],
    [307, 'PUT', 'PUT'],
    [307, 'PATCH', 'PATCH'],
    [307, 'DELETE', 'DELETE'],
    [308, 'GET', 'GET'],
    [308, 'HEAD', 'HEAD'],
    [308, 'POST', 'POST'],
    [308, 'PUT', 'PUT'],
    [308, 'PATCH', 'PATCH'],
    [308, 'DELETE', 'DELETE'],
  ])('%i turns %s into %s; the body goes only with the method', (status, method, expected) => {
    const bodiless = method === 'GET' || method === 'HEAD'
    const next = redirected(bodiless ? prepared(HOME, { method }) : withBody(method), { status })
    const keeps = !bodiless && method === expected
    expect([next?.method, next?.body]).toEqual([expected, keeps ? 'text' : null])
    const kept = ['Content-Type', 'Content-Language', 'Content-Encoding', 'Content-Location'].filter((name) =>
      next?.headers.has(name),
    )
    expect(kept).toHaveLength(keeps ? 4 : 0)
  })

  it.each([300, 304, 305, 306, 200, 201])('%i is not a redirect', (status) => {
    const response = new Response(null, { status, headers: { Location: '/c' } })
    expect(redirectedRequest(prepared(HOME), ours(response), () => true)).toBeNull()
  })

  it.each([
    [301, 'PUT'],
    [302, 'PATCH'],
    [307, 'POST'],
    [308, 'DELETE'],
  ])('%i refuses to replay the stream of a %s', (status, method) => {
    const error = thrown(() => redirected(prepared(HOME, { method, body: oneShot() }), { status }))
    expect(error).toBeInstanceOf(InvalidRedirectError)
    expect(String(error)).toContain('stream')
  })

  it.each([
    [301, 'POST'],
    [302, 'POST'],
    [303, 'PUT'],
  ])('%i lets the stream of a %s go', (status, method) => {
    const next = redirected(prepared(HOME, { method, body: oneShot() }), { status })
    expect([next?.method, next?.body]).toEqual(['GET', null])
  })
})

describe('redirectedRequest destinations', () => {
  const headers = {
    'X-Key': 'k',
    Authorization: 'Bearer t',
    Cookie: 'a=1',
    'Proxy-Authorization': 'p',
    Referer: 'r',
    Origin: 'o',
  }
  const secrets: CallOptions = { auth: ['me', 'pw'], cookies: { sid: '1' }, headers }

  it.each([
    ['http://api.test/', 'http://api.test/x', true],
    ['http://api.test/', 'https://api.test/x', true],
    ['https://api.test/', 'http://api.test/x', false],
    ['http://api.test:8080/', 'https://api.test:8080/x', false],
    ['https://api.test/', 'https://api.test:8443/x', false],
    ['https://api.test/', 'https://other.test/x', false],
    ['https://api.test/', 'https://sub.api.test/x', false],
    ['https://sub.api.test/', 'https://api.test/x', false],
    ['https://api.test/', '//evil.test/x', false],
    ['https://api.test/', '\\\\evil.test/x', false],
    ['http://[::1]/', 'http://[::2]/x', false],
  ])('from %s to %s keep credentials: %s', (from, location, keeps) => {
    const next = redirected(prepared(from, secrets), { location, status: 307 })
    expect(next?.headers.has('X-Key')).toBe(keeps)
    expect(next?.headers.has('Authorization')).toBe(keeps)
    expect(next?.headers.has('Cookie')).toBe(keeps)
    expect(next?.settings.auth !== null).toBe(keeps)
    expect(next?.settings.cookies).toBe(keeps ? 'sid=1' : '')
  })

  it('to another origin keep only headers that do not identify the caller', () => {
    const travels = {
      Accept: '1',
      'Accept-Language': '2',
      'Accept-Encoding': '3',
      'User-Agent': '4',
      Range: '5',
      'If-None-Match': '6',
      'If-Modified-Since': '7',
      'Cache-Control': '8',
    }
    const request = prepared(HOME, {
      ...secrets,
      headers: { ...headers, ...travels, 'Content-Type': 'a/b' },
    })
    const next = redirected(request, { location: 'https://other.test/' })
    expect(new Headers(next?.headers)).toEqual(new Headers(travels))
  })

  it('to another origin keep the type of a body that is sent', () => {
    const next = redirected(withBody('POST'), { status: 307, location: 'https://other.test/', allowed: true })
    expect([...(next?.headers.keys() ?? [])]).toEqual([
      'content-encoding',
      'content-language',
      'content-type',
    ])
    expect(next?.body).toBe('text')
  })

  it.each([301, 302, 307, 308])('away from home need leave for a body, %i', (status) => {
    const request = withBody('PUT')
    const error = thrown(() => redirected(request, { status, location: 'https://other.test/' }))
    expect(error).toBeInstanceOf(InvalidRedirectError)
    expect(String(error)).toContain('origins')
    expect(redirected(request, { status, location: 'https://other.test/', allowed: true })?.body).toBe('text')
  })

  it('upgraded to https resend a body', () => {
    const request = prepared('http://api.test/', { method: 'POST', json: 1 })
    expect(redirected(request, { status: 307, location: 'https://api.test/' })?.body).toBe('1')
  })

  it('are allowed if the body was dropped', () => {
    expect(redirected(withBody('POST'), { status: 302, location: 'https://other.test/' })?.body).toBeNull()
  })

  it('do not modify the redirected request', () => {
    const request = withBody('POST', secrets)
    const before = [request.method, request.url, request.body, [...request.headers].length]
    redirected(request, { location: 'https://other.test/' })
    expect([request.method, request.url, request.body, [...request.headers].length]).toEqual(before)
  })
})

describe('redirectedRequest locations', () => {
  it.each([
    ['/c', 'https://api.test/c'],
    ['c', 'https://api.test/a/c'],
    ['../c', 'https://api.test/c'],
    ['?p=2', 'https://api.test/a/b?p=2'],
    ['//other.test/c', 'https://other.test/c'],
    ['HTTPS://OTHER.test', 'https://other.test/'],
    ['https://other.test:443/c', 'https://other.test/c'],
    ['https://me:pw@api.test/c', 'https://api.test/c'],
    ['https://me:pw@other.test/c', 'https://other.test/c'],
    ['/c d', 'https://api.test/c%20d'],
    ['/%zz?q', 'https://api.test/%zz?q'],
    ['/a, /b', 'https://api.test/a,%20/b'],
    ['https://bücher.test/', 'https://xn--bcher-kva.test/'],
  ])('reads %j as %s', (location, url) => {
    expect(redirected(prepared(HOME), { location })?.url).toBe(url)
  })

  it('decodes latin-1 as UTF-8 if it is valid, otherwise keeps it', () => {
    expect(redirected(prepared(HOME), { location: '/\u00c3\u00bc' })?.url).toBe('https://api.test/%C3%BC')
    expect(redirected(prepared(HOME), { location: '/\u00fc' })?.url).toBe('https://api.test/%C3%BC')
  })

  it.each([
    ['/c', 'https://api.test/c#old'],
    ['/c#new', 'https://api.test/c#new'],
    ['https://other.test/', 'https://other.test/#old'],
    ['#new', 'https://api.test/a/b?q=1#new'],
  ])('gives the fragment to %j as %s', (location, url) => {
    expect(redirected(prepared(`${HOME}#old`), { location })?.url).toBe(url)
  })

  it('are missing without the header', () => {
    const request = prepared(HOME)
    expect(redirectedRequest(request, ours(new Response(null, { status: 302 })), () => true)).toBeNull()
  })

  it('that are empty are the URL itself', () => {
    const next = redirected(prepared(`${HOME}a?b#c`, { method: 'POST', body: 'x' }), { location: '' })
    expect([next?.method, next?.url]).toEqual(['GET', `${HOME}a?b#c`])
  })

  it.each([
    'https://',
    'https://a b/',
    'http://[::1',
    'https://api.test:99999/',
    'file:///etc/passwd',
    'data:,x',
    'javascript:1',
    'mailto:me@x',
    'blob:https://api.test/1',
    'ftp://api.test/',
    'unix:/run/x',
  ])('refuses %j', (location) => {
    expect(thrown(() => redirected(prepared(HOME), { location }))).toBeInstanceOf(InvalidRedirectError)
  })
})
