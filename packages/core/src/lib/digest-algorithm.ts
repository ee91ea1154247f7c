import { md5 } from './md5.js'
import { sha256 } from './sha256.js'
import { sha512, sha512half } from './sha512.js'

/** A hash that Digest can use. */
export interface DigestAlgorithm {
  /** The hash in hex of a text of which each character is one byte. */
  readonly hash: (bytes: string) => string
  /** Whether the hashed password is mixed with the first nonces (`-sess`). */
  readonly session: boolean
  /** Of two that are offered, the stronger is taken. */
  readonly strength: number
}

/** RFC 7616, section 3.2, and SHA-512, which servers offer all the same. */
const HASHES = new Map([
  ['MD5', { hash: md5, strength: 1 }],
  ['SHA-256', { hash: sha256, strength: 2 }],
  ['SHA-512-256', { hash: sha512half, strength: 3 }],
  ['SHA-512', { hash: sha512, strength: 3 }],
])

/** The algorithm of this name, in any case; `null` for one that is not known. */
export function digestAlgorithm(name: string): DigestAlgorithm | null {
  const base = name.toUpperCase().replace(/-SESS$/, '')
  const found = HASHES.get(base)
  if (found === undefined) return null
  const { hash, strength } = found
  return { hash: (bytes) => hash(fromByteText(bytes)), session: base.length < name.length, strength }
}

/** Text as its UTF-8 bytes, one character each: what hashes take and headers hold. */
export function toByteText(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}

function fromByteText(bytes: string): Uint8Array {
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0))
}
