import { afterEach, describe, expect, it, vi } from 'vitest'
import { isPlain, sendsMethod, withoutMark } from './engine.js'

afterEach(() => vi.unstubAllGlobals())

describe('sendsMethod', () => {
  it.each(['GET', 'PATCH', 'PROPFIND', 'FOO'])('asks the engine: Node sends %s as it is', (method) => {
    expect(sendsMethod(method)).toBe(true)
  })

  it('detects an engine that sends an unknown method as GET', () => {
    vi.stubGlobal(
      'Request',
      class {
        readonly method = 'GET'
      },
    )
    expect(sendsMethod('FOO')).toBe(false)
    expect(sendsMethod('DELETE')).toBe(true)
  })

  it('detects an engine that rejects one', () => {
    vi.stubGlobal(
      'Request',
      vi.fn(function () {
        throw new TypeError('Invalid HTTP method string: FOO')
      }),
    )
    expect(sendsMethod('FOO')).toBe(false)
  })
})

describe('isPlain', () => {
  it('distinguishes Headers from a subclass', () => {
    expect(isPlain(new Headers())).toBe(true)
    expect(isPlain(new (class extends Headers {})())).toBe(false)
  })
})

describe('withoutMark', () => {
  it('removes one byte order mark if the engine keeps it', async () => {
    expect(await withoutMark('\ufefftext')).toBe('\ufefftext')
    vi.stubGlobal(
      'Response',
      class {
        readonly text = async (): Promise<string> => '\ufeff'
      },
    )
    expect(await withoutMark('\ufeff\ufefftext')).toBe('\ufefftext')
    expect(await withoutMark('text')).toBe('text')
  })
})
