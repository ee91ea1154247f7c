import { describe, expect, it } from 'vitest'
import { BodyBuffer } from './body-buffer.js'

const bytes = (text: string) => Buffer.from(text)
const all = (held: BodyBuffer) => Buffer.concat([...held.take()]).toString()

describe('BodyBuffer', () => {
  it('are taken chunk by chunk, or all together', () => {
    const held = new BodyBuffer()
    for (const text of ['ab', 'c', 'def']) held.add(bytes(text))
    expect(held.shift()).toEqual(bytes('ab'))
    expect(held.size).toBe(4)
    expect(all(held)).toBe('cdef')
    expect([held.size, held.shift(), held.take()]).toEqual([0, undefined, []])
  })

  it.each([undefined, 3, 1_000_000])('do not change with memory that is used again (%j to come)', (left) => {
    const held = new BodyBuffer()
    const memory = bytes('abc')
    held.add(memory, left)
    memory.fill('x')
    expect(held.shift()).toEqual(bytes('abc'))
  })

  it('of a short body are in one buffer, until it is read chunk by chunk', () => {
    const held = new BodyBuffer()
    held.add(bytes('ab'), 6)
    held.add(bytes('cd'), 4)
    expect(held.copy().take()).toEqual([bytes('abcd')])
    expect(held.shift()).toEqual(bytes('abcd'))
    held.add(bytes('ef'), 2)
    held.add(bytes('gh'), 0)
    expect([held.size, held.shift(), held.take()]).toEqual([4, bytes('ef'), [bytes('gh')]])
  })

  it('of a long body are in one buffer after gather()', () => {
    const held = new BodyBuffer()
    const [left, more] = [1_000_000, bytes('cd')]
    held.add(bytes('ab'), left)
    held.gather(left)
    held.add(more, left - 2)
    expect(held.take()).toEqual([bytes('abcd')])
  })

  it('can be gathered after some were taken', () => {
    const held = new BodyBuffer()
    held.add(bytes('ab'), 4)
    held.shift()
    held.add(bytes('cd'), 2)
    held.gather(2)
    held.add(bytes('ef'), 0)
    expect(held.take()).toEqual([bytes('cdef')])
  })

  it('are independent in a copy', () => {
    const held = new BodyBuffer()
    held.add(bytes('ab'), 1_000_000)
    held.add(bytes('cd'), 0)
    const copy = held.copy()
    for (const chunk of held.take()) chunk.fill(0)
    expect(all(copy)).toBe('abcd')
  })

  it('are not allocated for an announced length alone', () => {
    const held = new BodyBuffer()
    held.add(bytes('ab'), 2 ** 50)
    held.gather(2 ** 50)
    expect(all(held)).toBe('ab')
  })
})
