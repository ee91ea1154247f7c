import { describe, expect, it } from 'vitest'
import { nearestName, suggestNearest } from './nearest-name.js'

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

  it('finds nothing in an empty list, and handles long names fast', () => {
    expect(nearestName('a', [])).toBeUndefined()
    expect(nearestName('a'.repeat(1_000_000), known)).toBeUndefined()
  })
})

describe('suggestNearest', () => {
  it.each([
    ['prefixUrl', '; it is called baseUrl'],
    ['verify', '; a session takes it in tls'],
    ['url', '; the URL is the first argument'],
    ['cert', '; a session takes it in tls'],
    ['cancelToken', '; it is called signal'],
    ['proxy', '; it is an option of a session'],
    ['header', '; did you mean "headers"?'],
    ['name', '; a body goes in json, form, multipart or body, parameters in params'],
  ])('says of %s in a call "%s"', (strange, hint) => {
    expect(suggestNearest(strange, known)).toBe(hint)
  })

  it.each([
    ['body', '; it is an option of a call'],
    ['https', '; it is called tls'],
    ['xsrfHeaderName', '; it is an option of csrf()'],
    ['paramsSerializer', ''],
  ])('says of %s in a session "%s"', (strange, hint) => {
    expect(suggestNearest(strange, ['baseUrl', 'http2', 'mode', 'tls'])).toBe(hint)
  })
})
