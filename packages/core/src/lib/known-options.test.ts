import { describe, expect, it } from 'vitest'
import { testSession, thrown } from '../../test/test-session.js'
import { InvalidRequestError } from './errors.js'
import { knownCallOptions } from './known-options.js'
import { checkSessionOptions } from './session-options.js'
import type { CallOptions, SessionOptions } from './options.js'

const strange = (options: object): object => options

describe('knownCallOptions', () => {
  it.each([
    'params',
    'json',
    'form',
    'multipart',
    'auth',
    'cookies',
    'hooks',
    'timeout',
    'retry',
    'maxRedirects',
    'throwHttpErrors',
    'platform',
  ])('knows our %s', (name) => {
    expect(Object.keys(knownCallOptions({ [name]: undefined }, {}))).toEqual([name])
  })

  it.each([
    'headers',
    'body',
    'signal',
    'cache',
    'credentials',
    'integrity',
    'keepalive',
    'mode',
    'priority',
    'redirect',
    'referrer',
    'referrerPolicy',
    'window',
    'duplex',
  ])('knows RequestInit’s %s', (name) => {
    expect(Object.keys(knownCallOptions({ [name]: undefined }, {}))).toEqual([name])
  })

  it.each(['header', 'verify', 'data', 'constructor', 'toString', 'Timeout'])('refuses %s', (name) => {
    const error = thrown(() => knownCallOptions({ [name]: 1 }, {}))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain(`"${name}"`)
  })

  it('refuses __proto__ from JSON', () => {
    const call = strange(JSON.parse('{"__proto__": {}}') as object)
    expect(thrown(() => knownCallOptions(call, {}))).toBeInstanceOf(InvalidRequestError)
  })
})

describe('checkSessionOptions', () => {
  it.each([
    'baseUrl',
    'origins',
    'headers',
    'params',
    'auth',
    'hooks',
    'timeout',
    'retry',
    'maxRedirects',
    'throwHttpErrors',
    'unsupported',
    'credentials',
    'cache',
    'mode',
    'redirect',
    'referrer',
    'referrerPolicy',
    'keepalive',
    'priority',
  ])('knows %s', (name) => {
    expect(() => checkSessionOptions({ [name]: undefined })).not.toThrow()
  })

  it('knows what its platform adds', () => {
    expect(() => checkSessionOptions({ jar: undefined }, { options: ['jar'] })).not.toThrow()
    expect(thrown(() => checkSessionOptions({ jar: undefined }))).toBeInstanceOf(InvalidRequestError)
  })

  it.each(['json', 'body', 'cookies', 'baseURL'])('refuses %s', (name) => {
    expect(thrown(() => checkSessionOptions({ [name]: 1 }))).toBeInstanceOf(InvalidRequestError)
  })
})

describe('Session', () => {
  it('names the nearest option where the platform can', async () => {
    const { session, api } = testSession()
    const call = strange({ header: {} }) as CallOptions
    await expect(session.get('https://api.test/', call)).rejects.toThrow(
      'no option "header"; did you mean "headers"?',
    )
    expect(() => testSession(undefined, strange({ baseURL: '' }) as SessionOptions)).toThrow(
      'did you mean "baseUrl"?',
    )
    expect(api.calls).toEqual([])
  })

  it('does not name one where the platform cannot', async () => {
    const { session } = testSession(undefined, {}, { suggest: () => '' })
    const call = strange({ header: {} }) as CallOptions
    await expect(session.get('https://api.test/', call)).rejects.toThrow(/^There is no option "header"$/)
  })

  it('hands what only the transport understands on to it verbatim', async () => {
    const { session, sent } = testSession()
    const next = { revalidate: 60 }
    await session.get('https://api.test/', { platform: { next } })
    expect((sent() as unknown as { next: unknown }).next).toBe(next)
  })

  it('never lets that stand in for what a request is', async () => {
    const { session, sent } = testSession()
    await session.get('https://api.test/', {
      platform: { method: 'POST', url: 'https://evil.test/', body: 'x' },
    })
    expect([sent().method, sent().url, sent().body]).toEqual(['GET', 'https://api.test/', null])
  })

  it('refuses a method beside the verb’s own', () => {
    const { session } = testSession()
    const call = { method: 'POST' } as CallOptions
    expect(() => session.prepare('GET', 'https://api.test/', call)).toThrow(InvalidRequestError)
  })
})
