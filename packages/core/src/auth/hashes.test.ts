import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { md5, sha256 } from './hashes.js'
import { sha512, sha512_256 } from './sha512.js'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe.each([
  ['md5', md5, '900150983cd24fb0d6963f7d28e17f72'],
  ['sha256', sha256, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'sha512',
    sha512,
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  ],
  ['sha512-256', sha512_256, '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23'],
] as const)('%s', (name, hash, abc) => {
  it('returns the published result for "abc"', () => {
    expect(hash(text('abc'))).toBe(abc)
  })

  it('agrees with OpenSSL for every length around the block size', () => {
    for (let length = 0; length <= 130; length += 1) {
      const message = Uint8Array.from({ length }, (_, index) => (index * 37 + length) % 256)
      expect(hash(message)).toBe(createHash(name).update(message).digest('hex'))
    }
  })
})
