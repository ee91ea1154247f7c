import { describe, expect, it } from 'vitest'
import { prepared } from '../../test/test-session.js'
import { stripCredentials } from './origins.js'

describe('stripCredentials', () => {
  it('copies the request without secrets', () => {
    const request = prepared('https://api.test/', {
      auth: ['me', 'pw'],
      cookies: { a: '1' },
      headers: { 'X-Key': 'k', Accept: 'a/b' },
    })
    const left = stripCredentials(request)
    expect(Object.fromEntries(left.headers)).toEqual({ accept: 'a/b' })
    expect(left.settings).toMatchObject({ auth: null, cookies: '' })
    expect([request.headers.get('X-Key'), request.settings.cookies]).toEqual(['k', 'a=1'])
  })

  it.each([
    'X-Accept',
    'User-Agent-Id',
    'Content-Length-Hint',
    'Cookie2',
    'Referer',
    'Ifx',
    'X-If-None-Match',
  ])('drops %s', (name) => {
    expect([
      ...stripCredentials(prepared('https://api.test/', { headers: { [name]: '1' } })).headers,
    ]).toEqual([])
  })
})
