import { describe, expect, it } from 'vitest'
import { Cancellation } from '@session-fetch/core/adapter'
import { StreamChunks } from './stream-chunks.js'

describe('StreamChunks', () => {
  it('of an aborted call does not open its source again, and does not look complete', async () => {
    const stop = new Cancellation()
    const reason = new Error('enough')
    stop.abort(reason)
    let opened = 0
    let returned = 0
    const source = {
      [Symbol.asyncIterator]: () => {
        opened += 1
        return source
      },
      next: () => Promise.resolve({ done: true as const, value: undefined }),
      return: () => {
        returned += 1
        return Promise.resolve({ done: true as const, value: undefined })
      },
    }
    const chunks = new StreamChunks(source, stop)
    const read = async (): Promise<string[]> => {
      const all: string[] = []
      for await (const chunk of chunks) all.push(String(chunk))
      return all
    }
    await expect(read()).rejects.toBe(reason)
    chunks.cancel()
    expect([opened, returned]).toEqual([0, 1])
  })
})
