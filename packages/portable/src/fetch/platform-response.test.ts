import { DecodeError, PreparedRequest, TruncatedError } from '@session-fetch/core'
import { Cancellation } from '@session-fetch/core/adapter'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Session } from '../session/session.js'
import { PlatformResponse } from './platform-response.js'

const url = 'http://api.test/?token=hunter2'

function request(): PreparedRequest {
  const prepared = new Session().prepare('GET', url)
  prepared.cancellation = new Cancellation()
  return prepared
}

/** A response whose body begins, and then fails. */
function failing(error: unknown): Response {
  const source = {
    pull(controller: ReadableStreamDefaultController<Uint8Array>): void {
      controller.error(error)
    },
  }
  return new Response(new ReadableStream(source, { highWaterMark: 0 }))
}

afterEach(() => vi.unstubAllGlobals())

describe('PlatformResponse', () => {
  it.each([
    ['a TypeError, as in the standard', new TypeError('terminated')],
    ["a plain Error, as workerd's", new Error('Network connection lost.')],
    [
      'an error that quotes the URL',
      Object.assign(new TypeError(`ZlibError fetching "${url}"`), { path: url }),
    ],
  ])('makes a TruncatedError of %s in its body', async (_what, cause) => {
    for (const read of ['text', 'arrayBuffer', 'blob', 'bytes', 'json'] as const) {
      const response = PlatformResponse.received(failing(cause), request())
      const error = (await response[read]().catch((reason: unknown) => reason)) as TruncatedError
      expect(error).toBeInstanceOf(TruncatedError)
      expect(error.cause).toMatchObject({ name: cause.name })
      expect(`${error.message} ${String(error.cause)} ${JSON.stringify(error.cause)}`).not.toContain(
        'hunter2',
      )
    }
  })

  it('keeps the reason of an abort, and the error of a body that was read', async () => {
    const aborted = request()
    const response = PlatformResponse.received(failing(new Error('aborted')), aborted)
    aborted.cancellation.abort('enough')
    await expect(response.text()).rejects.toBe('enough')
    const twice = PlatformResponse.received(new Response('x'), request())
    await twice.text()
    await expect(twice.text()).rejects.toThrow(TypeError)
    const noJson = PlatformResponse.received(new Response('x'), request())
    await expect(noJson.json()).rejects.toThrow(DecodeError)
  })

  it('has the standard type, and so have its clones', async () => {
    const response = PlatformResponse.received(new Response('text'), request())
    const clone = response.clone()
    expect([response.type, clone.type]).toEqual(['basic', 'basic'])
    expect(await clone.text()).toBe('text')
  })

  it('returns Set-Cookie as bytes if headers are text', () => {
    class TextHeaders {
      has(): boolean {
        return true
      }
    }
    const line = 'name=gr\u00fc\u00df'
    const native = Object.defineProperty(new Response(), 'headers', { value: { getSetCookie: () => [line] } })
    const response = PlatformResponse.received(native, request())
    expect(response.setCookies).toEqual([line])
    vi.stubGlobal('Headers', TextHeaders)
    expect(response.setCookies).toEqual(['name=gr\u00c3\u00bc\u00c3\u009f'])
  })
})
