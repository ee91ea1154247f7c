import { ConnectionError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type BrowserSessionOptions, Session } from './session.js'

/** What a call says when the browser's fetch fails as fetch does, on a page of https://page.test. */
async function failure(url: string, options: BrowserSessionOptions = {}): Promise<ConnectionError> {
  const error: unknown = await new Session(options).get(url).catch((error: unknown) => error)
  if (error instanceof ConnectionError) return error
  throw new Error('not a ConnectionError', { cause: error })
}

describe('browserTransport', () => {
  const fault = new TypeError('Failed to fetch')

  beforeEach(() => {
    vi.stubGlobal('location', new URL('https://page.test/'))
    vi.stubGlobal('fetch', () => Promise.reject(fault))
  })
  afterEach(() => vi.unstubAllGlobals())

  it('does not mention CORS for the page’s own origin', async () => {
    const { message, cause } = await failure('https://page.test/a')
    expect([message, cause]).toEqual(['No response: GET https://page.test/a', fault])
  })

  it('names the credentials option for another origin, and its alternative', async () => {
    const { message, retryable, cause } = await failure('https://api.test/a')
    expect([retryable, cause]).toEqual([true, fault])
    for (const part of ['CORS', "credentials: 'include'", "'same-origin'", 'GET https://api.test/a'])
      expect(message).toContain(part)
  })

  it('has a shorter message without credentials', async () => {
    const { message } = await failure('https://api.test/a', { credentials: 'same-origin' })
    expect(message).toContain('CORS')
    expect(message).not.toContain('credentials')
  })
})
