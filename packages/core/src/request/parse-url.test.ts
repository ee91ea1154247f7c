import { describe, expect, it } from 'vitest'
import { parseUrl } from './url.js'

describe('parseUrl', () => {
  it('parses a URL, against a base if given', () => {
    expect(parseUrl('https://a.test/b')?.href).toBe('https://a.test/b')
    expect(parseUrl('../c', 'https://a.test/b/')?.href).toBe('https://a.test/c')
  })

  it('is null for an invalid URL', () => {
    expect(parseUrl('/b')).toBeNull()
    expect(parseUrl('https://a b/')).toBeNull()
    expect(parseUrl('https://[::1', 'https://a.test/')).toBeNull()
  })

  it('parses latin-1 repeatedly', () => {
    const wrong = Array.from({ length: 50_000 }, () => parseUrl('https://bücher.test/')?.host).filter(
      (host) => host !== 'xn--bcher-kva.test',
    )
    expect(wrong).toEqual([])
  })
})
