import { type CallOptions, InvalidRequestError, UnsupportedError } from '@session-fetch/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type BrowserSessionOptions, Session } from './session.js'
import { xhrTransport } from './xhr-transport.js'

const HOME = 'https://api.test/'
const onUploadProgress = (): void => {}

/** A real browser tests what is sent: here nothing may be sent. */
class Untouchable {
  static made = 0

  constructor() {
    Untouchable.made += 1
    throw new Error('an XMLHttpRequest was made')
  }
}

/** The result of a PUT over the transport. */
async function outcome(init: CallOptions, options: BrowserSessionOptions = {}): Promise<unknown> {
  const session = new Session(options)
  session.mount(HOME, xhrTransport())
  return session.put(HOME, { body: 'a', ...init }).then(
    (response) => response.text(),
    (error: unknown) => error,
  )
}

describe('xhrTransport', () => {
  beforeEach(() => {
    Untouchable.made = 0
    vi.stubGlobal('XMLHttpRequest', Untouchable)
    vi.stubGlobal('fetch', async () => new Response('fetched'))
  })
  afterEach(() => vi.unstubAllGlobals())

  it('sends requests without a listener by fetch, including streams', async () => {
    expect(await outcome({})).toBe('fetched')
    expect(await outcome({ onUploadProgress: null, redirect: 'error', keepalive: true })).toBe('fetched')
    expect(await outcome({ body: new Blob(['a']).stream() })).toBe('fetched')
    expect(Untouchable.made).toBe(0)
  })

  it.each<[string, CallOptions]>([
    ['cache', { cache: 'no-store' }],
    ['integrity', { integrity: 'sha256-x' }],
    ['keepalive', { keepalive: true }],
    ['mode', { mode: 'same-origin' }],
    ['redirect', { redirect: 'error' }],
    ['referrerPolicy', { referrerPolicy: 'no-referrer' }],
    ["credentials: 'omit'", { credentials: 'omit' }],
    ['stream', { body: new Blob(['a']).stream() }],
  ])('refuses %s, which an XMLHttpRequest cannot do', async (name, init) => {
    const error = await outcome({ ...init, onUploadProgress })
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(String(error)).toContain(name)
    expect(Untouchable.made).toBe(0)
  })

  it.each<CallOptions>([
    { cache: 'no-store' },
    { credentials: 'omit' },
    { cache: 'default', mode: 'cors', redirect: 'follow', keepalive: false, priority: 'low' },
  ])("passes over what it is told to: %o with unsupported: 'ignore'", async (init) => {
    expect(String(await outcome({ ...init, onUploadProgress }, { unsupported: 'ignore' }))).toContain(
      'was made',
    )
  })

  it.each(['onUploadProgress', 'onDownloadProgress'])('refuses an %s that is no function', async (name) => {
    const error = await outcome({ onUploadProgress, [name]: {} })
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(Untouchable.made).toBe(0)
  })

  it('throws in a service worker', async () => {
    vi.stubGlobal('XMLHttpRequest', undefined)
    const error = await outcome({ onUploadProgress })
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(String(error)).toContain('service worker')
  })
})
