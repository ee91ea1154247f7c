import { describe, expect, it } from 'vitest'
import { nearestName } from './nearest-name.js'

const known = ['headers', 'params', 'timeout', 'json', 'form', 'baseUrl', 'maxRedirects', 'auth']

describe('nearestName', () => {
  it.each([
    ['header', 'headers'],
    ['param', 'params'],
    ['timeouts', 'timeout'],
    ['baseURL', 'baseUrl'],
    ['max_redirects', 'maxRedirects'],
    ['jsno', 'json'],
    ['jso', 'json'],
  ])('finds for %s %s', (strange, nearest) => {
    expect(nearestName(strange, known)).toBe(nearest)
  })

  it.each(['verify', 'responseType', 'x', ''])('finds nothing for %j', (strange) => {
    expect(nearestName(strange, known)).toBeUndefined()
  })

  it('finds nothing among nothing, and is quick about a long name', () => {
    expect(nearestName('a', [])).toBeUndefined()
    expect(nearestName('a'.repeat(1_000_000), known)).toBeUndefined()
  })
})
