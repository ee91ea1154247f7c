import { parseUrl } from '@session-fetch/core/adapter'
import { describe, expect, it } from 'vitest'
import { asciiHost, cookieSite } from './site.js'

describe('cookieSite', () => {
  it.each([
    ['https://example.com/a', { host: 'example.com', path: '/a', trusted: true }],
    ['wss://example.com/a', { host: 'example.com', path: '/a', trusted: true }],
    ['http://example.com/a', { host: 'example.com', path: '/a', trusted: false }],
    ['ws://example.com/a', { host: 'example.com', path: '/a', trusted: false }],
    ['ws://localhost:8080/a', { host: 'localhost', path: '/a', trusted: true }],
    ['ws://[::1]/', { host: '::1', path: '/', trusted: true }],
    ['ftp://example.com/', null],
    ['https+unix://example.com/', null],
    ['data:,a', null],
  ])('of %s', (url, site) => {
    expect(cookieSite(url)).toEqual(site)
    expect(cookieSite(new URL(url))).toEqual(site)
  })
})

describe('asciiHost', () => {
  it.each([
    ['EXAMPLE.com', 'example.com'],
    ['bücher.de', 'xn--bcher-kva.de'],
    ['ex%41mple.com', 'example.com'],
    ['a_b', 'a_b'],
    ['127.1', '127.0.0.1'],
    ['a/b', null],
    ['user@host', null],
    ['host:80', null],
    ['a?b', null],
    ['a#b', null],
    ['a\\b', null],
    ['a b', null],
    ['a\tb', null],
    ['xn--zzzz', parseUrl('http://xn--zzzz/') ? 'xn--zzzz' : null], // the URL Standard changed its mind
    ['::1', null],
    ['', null],
  ])('of %j is %j', (name, host) => {
    expect(asciiHost(name)).toBe(host)
  })
})
