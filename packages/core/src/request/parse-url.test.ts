import { describe, expect, it } from 'vitest'
import { parseUrl } from './url.js'

describe('parseUrl', () => {
  it('reads a URL, against a base where there is one', () => {
    expect(parseUrl('https://a.test/b')?.href).toBe('https://a.test/b')
    expect(parseUrl('../c', 'https://a.test/b/')?.href).toBe('https://a.test/c')
  })

  it('is null for what is no URL', () => {
    expect(parseUrl('/b')).toBeNull()
    expect(parseUrl('https://a b/')).toBeNull()
    expect(parseUrl('https://[::1', 'https://a.test/')).toBeNull()
  })

  it('reads latin-1 however often it is called', () => {
    const wrong = Array.from({ length: 50_000 }, () => parseUrl('https://bücher.test/')?.host).filter(
      (host) => host !== 'xn--bcher-kva.test',
    )
    expect(wrong).toEqual([])
  })
})
