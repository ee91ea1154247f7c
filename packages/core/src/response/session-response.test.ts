import { inspect } from 'node:util'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { ours, prepared, redirect, rejection, testSession, thrown } from '../../test/test-session.js'
import { DecodeError, SessionError, TruncatedError } from '../model/errors.js'
import { withFragment } from '../request/url.js'
import { links } from './links.js'
import { DISCARD_LIMIT, DISCARD_TIMEOUT, HttpError, SessionResponse } from './session-response.js'

const API = 'https://api.test/'

/** A body of `chunks` chunks of 16 KiB, and whether it was cancelled. */
function body(chunks: number): {
  stream: ReadableStream<Uint8Array<ArrayBuffer>>
  seen: { cancelled: boolean; pulled: number }
} {
  const seen = { cancelled: false, pulled: 0 }
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      seen.pulled += 1
      if (seen.pulled > chunks) controller.close()
      else controller.enqueue(new Uint8Array(DISCARD_LIMIT / 4))
    },
    cancel() {
      seen.cancelled = true
    },
  })
  return { stream, seen }
}

describe('SessionResponse', () => {
  it('is the native response, converted', () => {
    const native = new Response('a')
    const response = SessionResponse.from(native, prepared())
    expect(response).toBe(native)
    expect(response).toBeInstanceOf(Response)
    expect(SessionResponse.from(response, prepared('https://other.test/'))).toBe(response)
  })

  it('has the members of the exchange', async () => {
    const { session, clock } = testSession(() => {
      clock.advance(7)
      return new Response('a')
    })
    const response = await session.post('https://api.test/a#part', { json: 1 })
    expect(response).toMatchObject({
      url: 'https://api.test/a#part',
      redirected: false,
      elapsed: 7,
      history: [],
      next: null,
      ok: true,
    })
    expect(response.request).toMatchObject({ method: 'POST', body: '1', url: 'https://api.test/a#part' })
  })

  it('measures the last hop only', async () => {
    const { session, clock } = testSession(({ url }) => {
      clock.advance(url.endsWith('/a') ? 2 : 50)
      return url.endsWith('/a') ? new Response('a') : redirect('/a')
    })
    const response = await session.get(API)
    expect([response.elapsed, response.history[0]?.elapsed]).toEqual([2, 50])
  })

  it('returns each Set-Cookie line separately', () => {
    const headers = new Headers([
      ['Set-Cookie', 'a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT'],
      ['Set-Cookie', 'b=2'],
    ])
    expect(ours(new Response(null, { headers })).setCookies).toEqual([
      'a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT',
      'b=2',
    ])
  })

  it('reads links against its URL', () => {
    const response = ours(
      new Response(null, { headers: { Link: '<?page=2>; rel=next' } }),
      prepared('https://api.test/a?page=1'),
    )
    expect(links(response)['next']?.url).toBe('https://api.test/a?page=2')
    expect(Object.keys(links(ours(new Response())))).toEqual([])
  })

  it('clones with its members', async () => {
    const { session } = testSession(({ url }) => (url === API ? redirect('/a#new') : new Response('a')))
    const response = await session.get(API)
    const copy = response.clone()
    expect(copy).toBeInstanceOf(SessionResponse)
    expect([copy.url, copy.redirected, copy.elapsed, copy.history, copy.request]).toEqual([
      'https://api.test/a#new',
      true,
      response.elapsed,
      response.history,
      response.request,
    ])
    expect([await copy.text(), await response.text()]).toEqual(['a', 'a'])
  })

  it('shows no secrets when it is logged, and keeps its body', async () => {
    const request = prepared('https://api.test/a?key=canary')
    const response = ours(
      new Response('canary', { headers: { 'Set-Cookie': 'sid=canary', 'X-App': '1' } }),
      request,
    )
    for (const shown of [
      JSON.stringify(response),
      inspect(response, { depth: 9 }),
      inspect(request),
      JSON.stringify(request),
    ]) {
      expect(shown).not.toContain('canary')
    }
    expect(inspect(response)).toContain("'x-app': '1'")
    expect(response.bodyUsed).toBe(false)
  })
})

describe('raiseForStatus', () => {
  it.each([200, 204, 302, 304, 399])('returns the response for %i', (status) => {
    const response = ours(new Response(null, { status }))
    expect(response.raiseForStatus()).toBe(response)
  })

  it.each([400, 404, 500, 599])('throws for %i', (status) => {
    const error = thrown(() => ours(new Response(null, { status })).raiseForStatus())
    expect(error).toBeInstanceOf(HttpError)
    expect(error).toMatchObject({ status })
  })
})

describe('SessionResponse: reading', () => {
  it('invalid JSON is reported with its type and length, and not quoted', async () => {
    const type = { 'Content-Type': 'text/html;charset=utf-8' }
    const error = await rejection(ours(new Response(`<html>${'x'.repeat(100)}`, { headers: type })).json())
    expect(error).toBeInstanceOf(DecodeError)
    expect(String(error)).toBe(
      'DecodeError: The body is not JSON (text/html;charset=utf-8, length 106): GET https://api.test/',
    )
    expect(error).toMatchObject({ phase: 'body', request: { url: API } })
  })

  it.each(['{"token":"hunter2"', '{"token":hunter2}', 'hunter2', '"hunter2" and more', '["hunter2",]'])(
    'JSON that is none shows no secret in any way: %s',
    async (text) => {
      const error = await rejection(ours(new Response(text)).json())
      expect(error).toBeInstanceOf(DecodeError)
      expect(`${inspect(error, { depth: 9 })} ${JSON.stringify(error)}`).not.toContain('hunter2')
    },
  )

  it('JSON that is empty says so', async () => {
    const error = await rejection(ours(new Response(new Uint8Array())).json())
    expect(String(error)).toContain('The body is not JSON (no type, length 0)')
  })

  it.each([
    ['a BOM', '\ufeff{"a":1}'],
    ['blanks', ' {"a":1}\n'],
  ])('JSON passes over %s', async (_what, text) => {
    expect(await ours(new Response(text)).json()).toEqual({ a: 1 })
  })

  it('text is UTF-8, whatever the type says', async () => {
    const headers = { 'Content-Type': 'text/plain; charset=iso-8859-1' }
    expect(await ours(new Response('ü', { headers })).text()).toBe('ü')
  })

  it.each([
    ['as most engines say it', new TypeError('terminated')],
    ['as Firefox says it', new DOMException('The operation was aborted.', 'AbortError')],
  ])('a body that the network cut off, %s, rejects with a TruncatedError', async (_what, cause) => {
    const error = await rejection(
      ours(new Response(new ReadableStream({ pull: (controller) => controller.error(cause) }))).text(),
    )
    expect(error).toBeInstanceOf(TruncatedError)
    expect(error).toMatchObject({ cause, phase: 'body' })
  })

  it('a body that failed with a SessionError rejects with it', async () => {
    const cause = new DecodeError('bad gzip')
    const stream = new ReadableStream({ pull: (controller) => controller.error(cause) })
    expect(await rejection(ours(new Response(stream)).bytes())).toBe(cause)
  })

  it('twice is the platform’s TypeError', async () => {
    const response = ours(new Response('a'))
    await response.text()
    const error = await rejection(response.text())
    expect(error).toBeInstanceOf(TypeError)
  })

  it.each([
    ['a type that is no form', 'text/plain'],
    ['a form that is broken', 'multipart/form-data; boundary=x'],
  ])('a form of %s rejects with no TruncatedError', async (_what, type) => {
    const response = ours(new Response('garbage', { headers: { 'Content-Type': type } }))
    const error = await rejection(response.formData())
    expect([(error as Error).name, error instanceof SessionError]).toEqual(['TypeError', false])
  })
})

describe('discard', () => {
  it('reads a body up to the limit, and keeps it readable', async () => {
    const { stream, seen } = body(4)
    const response = ours(new Response(stream))
    await response.discard()
    expect(seen).toEqual({ cancelled: false, pulled: 5 })
    expect((await response.bytes()).length).toBe(DISCARD_LIMIT)
  })

  it('cancels a longer one without reading all of it', async () => {
    const { stream, seen } = body(1000)
    await ours(new Response(stream)).discard()
    expect(seen.cancelled).toBe(true)
    expect(seen.pulled).toBeLessThan(10)
  })

  it('cancels one that stalls after the time limit', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    let cancelled = false
    const stream = new ReadableStream({ cancel: () => void (cancelled = true) })
    const discarded = ours(new Response(stream)).discard()
    await vi.advanceTimersByTimeAsync(DISCARD_TIMEOUT)
    await discarded
    expect([cancelled, vi.getTimerCount()]).toEqual([true, 0])
  })

  it('does not affect a body that is being read', async () => {
    const response = ours(new Response('a'))
    const reader = response.body?.getReader()
    await response.discard()
    expect((await reader?.read())?.value).toEqual(new Uint8Array([97]))
  })

  it('never throws', async () => {
    const stream = new ReadableStream({ pull: (controller) => controller.error(new Error('no')) })
    expect(await ours(new Response(stream)).discard()).toBeUndefined()
    const response = ours(new Response('a'))
    await response.text()
    expect(await response.discard()).toBeUndefined()
    expect(await ours(new Response(null)).discard()).toBeUndefined()
  })
})

describe('withFragment', () => {
  it.each([
    ['https://a.test/', 'https://b.test/#f', 'https://a.test/#f'],
    ['https://a.test/#own', 'https://b.test/#f', 'https://a.test/#own'],
    ['https://a.test/#', 'https://b.test/#f', 'https://a.test/#'],
    ['https://a.test/', 'https://b.test/', 'https://a.test/'],
  ])('%s after %s is %s', (url, asked, expected) => {
    expect(withFragment(url, asked)).toBe(expected)
  })
})
