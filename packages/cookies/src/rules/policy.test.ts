import { describe, expect, it } from 'vitest'
import { MAX_LIFETIME, admitCookie } from './policy.js'
import { parseSetCookie } from './set-cookie.js'
import { cookieSite } from './site.js'

/** What becomes of a line: where it is kept, or why not. */
function judge(line: string, url: string, now = 0): string {
  const site = cookieSite(url)
  if (site === null) return 'not-http'
  const parsed = parseSetCookie(line)
  const record = typeof parsed === 'string' ? parsed : admitCookie(parsed, site, now)
  if (typeof record === 'string') return record
  return `${record.hostOnly ? '' : '.'}${record.domain}${record.path}`
}

describe('admitCookie: Domain', () => {
  it.each([
    ['', 'https://www.example.com/', 'www.example.com/'],
    ['Domain=example.com', 'https://www.example.com/', '.example.com/'],
    ['Domain=.example.com', 'https://www.example.com/', '.example.com/'],
    ['Domain=EXAMPLE.com', 'https://www.example.com/', '.example.com/'],
    ['Domain=example.com', 'https://www.example.com./', '.example.com/'],
    ['Domain=example.com.', 'https://www.example.com/', 'domain-mismatch'],
    ['Domain=example.com.', 'https://example.com./', 'domain-mismatch'],
    ['Domain=.example.com.', 'https://www.example.com/', 'domain-mismatch'],
    ['Domain=127.0.0.1.', 'https://127.0.0.1/', 'domain-mismatch'],
    ['Domain=localhost.', 'http://localhost/', 'domain-mismatch'],
    ['Domain=example.com', 'https://www.example.com./', '.example.com/'],
    ['', 'https://www.example.com./', 'www.example.com/'],
    ['Domain=www.example.com', 'https://example.com/', 'domain-mismatch'],
    ['Domain=ample.com', 'https://example.com/', 'domain-mismatch'],
    ['Domain=', 'https://www.example.com/', 'www.example.com/'],
    ['Domain=.', 'https://www.example.com/', 'www.example.com/'],
    ['Domain', 'https://www.example.com/', 'www.example.com/'],
    ['Domain=..example.com', 'https://www.example.com/', 'domain-mismatch'],
    ['Domain=..', 'https://www.example.com/', 'domain-mismatch'],
    ['Domain=example.com:443', 'https://www.example.com/', 'domain-mismatch'],
    ['Domain=other.com; Domain=example.com', 'https://www.example.com/', '.example.com/'],
    ['Domain=com', 'https://example.com/', 'public-suffix'],
    ['Domain=co.UK', 'https://example.co.uk/', 'public-suffix'],
    ['Domain=co.uk.', 'https://example.co.uk/', 'domain-mismatch'],
    ['Domain=github.io', 'https://me.github.io/', 'public-suffix'],
    ['Domain=github.io', 'https://github.io/', 'github.io/'],
    ['Domain=xn--bcher-kva.de', 'https://www.bücher.de/', '.xn--bcher-kva.de/'],
    ['Domain=b\xfccher.de', 'https://www.bücher.de/', 'domain-mismatch'],
  ])('%s from %s → %s', (attribute, url, kept) => {
    expect(judge(`a=1; ${attribute}`, url)).toBe(kept)
  })

  it.each([
    ['', 'http://127.0.0.1/', '127.0.0.1/'],
    ['Domain=127.0.0.1', 'http://127.0.0.1/', '127.0.0.1/'],
    ['Domain=0.0.1', 'http://127.0.0.1/', 'domain-mismatch'],
    ['Domain=[::1]', 'http://[0:0::1]/', '::1/'],
    ['Domain=0:0::1', 'http://[::1]/', '::1/'],
    ['', 'http://[::ffff:127.0.0.1]/', '::ffff:7f00:1/'],
    ['', 'http://2130706433/', '127.0.0.1/'],
    ['', 'http://intranet/', 'intranet/'],
    ['Domain=intranet', 'http://intranet/', 'intranet/'],
    ['Domain=intranet', 'http://www.intranet/', 'public-suffix'],
    ['Domain=localhost', 'http://localhost/', 'localhost/'],
    ['Domain=localhost', 'http://x.localhost/', 'public-suffix'],
    ['', 'http://x.localhost/', 'x.localhost/'],
    ['Domain=local', 'http://printer.local/', 'public-suffix'],
    ['Domain=site.test', 'http://www.site.test/', '.site.test/'],
    ['Domain=example.internal', 'http://www.example.internal/', '.example.internal/'],
  ])('of special hosts: %s from %s → %s', (attribute, url, kept) => {
    expect(judge(`a=1; ${attribute}`, url)).toBe(kept)
  })
})

describe('admitCookie: Path', () => {
  it.each([
    ['', 'https://a.test/', '/'],
    ['', 'https://a.test/x', '/'],
    ['', 'https://a.test/x/', '/x'],
    ['', 'https://a.test/x/y?z=/1/2', '/x'],
    ['', 'https://a.test/%61/y', '/%61'],
    ['Path=/x', 'https://a.test/', '/x'],
    ['Path=x', 'https://a.test/y/z', '/y'],
    ['Path=', 'https://a.test/y/z', '/y'],
    ['Path=/x; Path=', 'https://a.test/y/z', '/y'],
    ['path = /x ', 'https://a.test/', '/x'],
  ])('%s from %s → %s', (attribute, url, path) => {
    expect(judge(`a=1; ${attribute}`, url)).toBe(`a.test${path}`)
  })
})

describe('admitCookie: Secure', () => {
  it.each([
    ['https://a.test/', true],
    ['http://a.test/', false],
    ['http://localhost/', true],
    ['http://x.localhost/', true],
    ['http://127.0.0.1/', true],
    ['http://127.9.9.9/', true],
    ['http://[::1]/', true],
    ['http://localhost.evil.com/', false],
    ['http://127.evil.com/', false],
    ['http://evillocalhost/', false],
    ['http://[::2]/', false],
  ])('from %s: %s', (url, kept) => {
    expect(judge('a=1; Secure', url) === 'insecure-origin').toBe(!kept)
  })

  it.each([
    ['__Secure-a=1', 'prefix'],
    ['__Secure-a=1; Secure', 'a.test/'],
    ['__Host-a=1; Secure', 'prefix'],
    ['__Host-a=1; Secure; Path=/', 'a.test/'],
    ['__Host-a=1; Secure; Path=/; Domain=a.test', 'prefix'],
    ['__hOST-a=1; Path=/', 'prefix'],
    ['__Http-a=1; Secure; HttpOnly', 'a.test/'],
    ['__Host-Http-a=1; Secure; HttpOnly; Path=/', 'a.test/'],
    ['=__Host-a', 'nameless'],
    ['__secure-a', 'nameless'],
    ['a=1; SameSite=None', 'same-site-none'],
    ['a=1; SameSite=None; Secure', 'a.test/'],
    ['a=1; SameSite=StrictLax', 'a.test/'],
  ])('%s → %s', (line, kept) => {
    expect(judge(line, 'https://a.test/')).toBe(kept)
  })
})

describe('admitCookie: Max-Age and Expires', () => {
  const site = { host: 'a.test', path: '/', trusted: true }

  it.each([
    ['', Infinity],
    ['Max-Age=60', 61_000],
    ['Max-Age=0', 0],
    ['Max-Age=-1', 0],
    ['Max-Age=-', Infinity],
    ['Max-Age=+60', Infinity],
    ['Max-Age=6e1', Infinity],
    ['Max-Age=60; Max-Age=x', 61_000],
    [`Max-Age=9e30`, Infinity],
    [`Max-Age=${'9'.repeat(400)}`, 1000 + MAX_LIFETIME],
    ['Expires=Thu, 01 Jan 1970 00:01:00 GMT', 60_000],
    ['Expires=Thursday, 01-Jan-70 00:01:00 GMT', 60_000],
    ['Expires=soon', Infinity],
    ['Expires=Thu, 01 Jan 1970 00:01:00 GMT; Expires=soon', 60_000],
    ['Expires=Thu, 01 Jan 1970 00:01:00 GMT; Max-Age=120', 121_000],
    ['Max-Age=120; Expires=Thu, 01 Jan 1970 00:01:00 GMT', 121_000],
  ])('%.60s → %s', (attribute, expires) => {
    const parsed = parseSetCookie(`a=1; ${attribute}`)
    if (typeof parsed === 'string') throw new Error(parsed)
    expect(admitCookie(parsed, site, 1000)).toMatchObject({ expires })
  })
})

describe('parseSetCookie', () => {
  // In quadratic time each of these takes longer than a test may.
  it.each([
    [' ', 'too-large'],
    ['1:', 'too-large'],
    [';', expect.objectContaining({ name: '', value: 'a' })],
    ['; x=y', expect.objectContaining({ name: '', value: 'a' })],
  ])('is linear in a long run of %j', (text, found) => {
    const long = text.repeat(800_000)
    expect(parseSetCookie(`a=1; Expires=${long}`)).toMatchObject({ name: 'a', value: '1' })
    expect(parseSetCookie(`a${long}x=1`)).toEqual(found)
  })

  it('keeps quotes, commas and further equal signs', () => {
    expect(parseSetCookie(' a = "x, y=z" ; HTTPONLY ;secure;; foo=bar; SameSite = lAx')).toMatchObject({
      name: 'a',
      value: '"x, y=z"',
      httpOnly: true,
      secure: true,
      sameSite: 'lax',
    })
  })
})
