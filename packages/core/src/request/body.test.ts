import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { oneShot } from '../../test/test-session.js'
import { type Body, isReplayable } from './prepared-request.js'

async function* generator(): AsyncGenerator<string> {
  yield 'a'
}

describe('isReplayable', () => {
  it.each<[string, Body | null, boolean]>([
    ['nothing', null, true],
    ['text', 'a', true],
    ['bytes', new Uint8Array(1), true],
    ['an ArrayBuffer', new ArrayBuffer(1), true],
    ['a Blob', new Blob(['a']), true],
    ['a form', new FormData(), true],
    ['params', new URLSearchParams(), true],
    ['an iterable that can begin again', { [Symbol.asyncIterator]: generator }, true],
    ['a web stream', oneShot(), false],
    ['a generator', generator(), false],
    ['a Readable', Readable.from(['a']), false],
  ])('%s: %#', (_what, body, replayable) => {
    expect(isReplayable(body)).toBe(replayable)
  })
})
