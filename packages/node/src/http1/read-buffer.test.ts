import { expect, it } from 'vitest'
import { ReadBuffer } from './connection.js'

function arrive(buffer: ReadBuffer, text: string): boolean {
  return buffer.callback(buffer.buffer.write(text), buffer.buffer)
}

it('ReadBuffer passes received bytes to its listener', () => {
  const read = new ReadBuffer()
  const seen: string[] = []
  read.onData = (bytes) => seen.push(bytes.toString())
  expect([arrive(read, 'first'), arrive(read, '2nd')]).toEqual([true, true])
  expect(seen).toEqual(['first', '2nd'])
  expect(read.early).toBeUndefined()
})

it('ReadBuffer keeps bytes received before there is a listener, and stops reading', () => {
  const read = new ReadBuffer()
  expect([arrive(read, 'ab'), arrive(read, 'cd')]).toEqual([false, false])
  expect(read.early?.toString()).toBe('abcd')
})

it('ReadBuffer uses the given view if the engine detached the buffer', () => {
  const read = new ReadBuffer()
  const moved = structuredClone(read.buffer.buffer, { transfer: [read.buffer.buffer] })
  const view = new Uint8Array(moved)
  view.set(Buffer.from('moved'))
  expect(read.callback(5, view)).toBe(false)
  expect(read.early?.toString()).toBe('moved')
})
