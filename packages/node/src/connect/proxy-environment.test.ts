import { InvalidRequestError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { proxyFromEnvironment, proxyVariables } from './proxy-environment.js'

const NAMES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']

describe('proxyFromEnvironment', () => {
  beforeEach(() => {
    for (const name of [...NAMES, 'request_method'].flatMap((lower) => [lower, lower.toUpperCase()]))
      vi.stubEnv(name, undefined)
  })
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it.each<[what: string, env: Record<string, string>, url: string, proxy: string | undefined]>([
    ['nothing', {}, 'http://a.test/', undefined],
    ['HTTP_PROXY', { HTTP_PROXY: 'http://p.test:1' }, 'http://a.test/', 'http://p.test:1'],
    ['HTTP_PROXY is not for https', { HTTP_PROXY: 'http://p.test:1' }, 'https://a.test/', undefined],
    ['HTTPS_PROXY', { HTTPS_PROXY: 'http://p.test:1' }, 'https://a.test/', 'http://p.test:1'],
    ['HTTPS_PROXY is not for http', { HTTPS_PROXY: 'http://p.test:1' }, 'http://a.test/', undefined],
    ['ALL_PROXY', { ALL_PROXY: 'http://p.test:1' }, 'https://a.test/', 'http://p.test:1'],
    [
      'the scheme over all',
      { ALL_PROXY: 'http://p.test:1', HTTP_PROXY: 'http://q.test:2' },
      'http://a.test/',
      'http://q.test:2',
    ],
    [
      'lower case over upper',
      { HTTP_PROXY: 'http://p.test:1', http_proxy: 'http://q.test:2' },
      'http://a.test/',
      'http://q.test:2',
    ],
    [
      'lower case over upper, set to nothing',
      { HTTPS_PROXY: 'http://p.test:1', https_proxy: '' },
      'https://a.test/',
      undefined,
    ],
    [
      'HTTP_PROXY in a CGI program',
      { HTTP_PROXY: 'http://evil.test:1', REQUEST_METHOD: 'GET' },
      'http://a.test/',
      undefined,
    ],
    [
      'http_proxy in a CGI program',
      { http_proxy: 'http://p.test:1', REQUEST_METHOD: 'GET' },
      'http://a.test/',
      'http://p.test:1',
    ],
    [
      'HTTPS_PROXY in a CGI program',
      { HTTPS_PROXY: 'http://p.test:1', REQUEST_METHOD: 'GET' },
      'https://a.test/',
      'http://p.test:1',
    ],
    ['NO_PROXY', { ALL_PROXY: 'http://p.test:1', NO_PROXY: 'a.test' }, 'https://www.a.test/', undefined],
    [
      'no_proxy over NO_PROXY',
      { ALL_PROXY: 'http://p.test:1', NO_PROXY: 'a.test', no_proxy: '' },
      'https://a.test/',
      'http://p.test:1',
    ],
    ['no scheme', { HTTP_PROXY: 'p.test' }, 'http://a.test/', 'http://p.test:80'],
    ['an https proxy', { HTTP_PROXY: 'https://p.test' }, 'http://a.test/', 'https://p.test:443'],
    ['socks', { ALL_PROXY: 'socks://p.test' }, 'http://a.test/', 'socks5://p.test:1080'],
    ['socks5h', { ALL_PROXY: 'socks5h://p.test:9' }, 'http://a.test/', 'socks5h://p.test:9'],
    ['an address', { ALL_PROXY: 'http://[::1]:8' }, 'http://a.test/', 'http://[::1]:8'],
  ])('%s', (_what, env, url, proxy) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    expect(proxyFromEnvironment(new URL(url), proxyVariables())?.name).toBe(proxy)
  })

  it('removes credentials from the name, and decodes them', () => {
    vi.stubEnv('HTTP_PROXY', 'http://me%40home:p%3Aw@p.test:1')
    expect(proxyFromEnvironment(new URL('http://a.test/'), proxyVariables())).toMatchObject({
      name: 'http://p.test:1',
      username: 'me@home',
      password: 'p:w',
    })
  })

  it.each(['ftp://p.test', 'http://', 'file:///etc/passwd', 'http://u:secret%@p.test', 'socks4://p.test'])(
    'refuses %s without showing it',
    (text) => {
      vi.stubEnv('HTTP_PROXY', text)
      const choose = (): unknown => proxyFromEnvironment(new URL('http://a.test/'), proxyVariables())
      expect(choose).toThrow(InvalidRequestError)
      expect(choose).toThrow('HTTP_PROXY')
      expect(choose).not.toThrow('secret')
    },
  )
})
