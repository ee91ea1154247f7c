import { describe, expect, it } from 'vitest'
import { inTurn, prepared, redirect, testSession, thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { checkRequest } from './prepare.js'

describe('checkRequest', () => {
  it.each(['', 'GET /\r\nX: 1', 'GE T', 'GÉT', 'GET\u0000', 'G:T'])(
    'refuses the method %j, which is no token',
    (method) => {
      const request = prepared()
      request.method = method
      expect(thrown(() => checkRequest(request, {}))).toBeInstanceOf(InvalidRequestError)
    },
  )

  it.each(['CONNECT', 'TRACE', 'TRACK', 'trace'])('refuses %s, as fetch does', (method) => {
    const request = prepared()
    request.method = method
    expect(thrown(() => checkRequest(request, {}))).toBeInstanceOf(InvalidRequestError)
  })

  it.each(['Content-Length', 'transfer-encoding', 'Connection', 'Keep-Alive', 'UPGRADE', 'Expect'])(
    'refuses the framing header %s',
    (name) => {
      const headers = { [name]: '1' }
      const error = thrown(() => prepared('https://api.test/', { headers }))
      expect(error).toBeInstanceOf(InvalidRequestError)
      expect(String(error)).toContain(name.toLowerCase())
    },
  )

  it('rejects a framing header of the session', () => {
    const { session } = testSession(undefined, { headers: { Connection: 'close' } })
    expect(thrown(() => session.prepare('GET', 'https://api.test/'))).toBeInstanceOf(InvalidRequestError)
  })

  it.each(['GET', 'PROPFIND', 'M-SEARCH', 'X!'])('lets %s pass', (method) => {
    const request = prepared()
    request.method = method
    expect(checkRequest(request, {})).toBeUndefined()
  })

  it('converts the method to upper case', async () => {
    const { session, sent } = testSession(
      inTurn(() => redirect('/b')),
      { hooks: { request: ({ request }) => void (request.method = 'post') } },
    )
    const response = await session.get('https://api.test/', { redirect: 'manual' })
    expect([sent().method, response.next?.method]).toEqual(['POST', 'GET'])
    const request = prepared()
    request.method = 'head'
    request.body = 'a'
    expect(thrown(() => checkRequest(request, {}))).toBeInstanceOf(InvalidRequestError)
  })

  it('rejects a method that is a token only after toUpperCase()', () => {
    expect(thrown(() => prepared('https://api.test/', { method: 'po\u017ft' }))).toBeInstanceOf(
      InvalidRequestError,
    )
  })

  it('validates a request again after hooks and callers edited it', async () => {
    const { session, api } = testSession(undefined, {
      hooks: { request: ({ request }) => request.headers.set('Content-Length', '1') },
    })
    await expect(session.get('https://api.test/')).rejects.toThrow(InvalidRequestError)
    const other = testSession()
    const request = other.session.prepare('GET', 'https://api.test/')
    request.body = 'a'
    await expect(other.session.send(request)).rejects.toThrow(InvalidRequestError)
    expect([...api.calls, ...other.api.calls]).toEqual([])
  })
})
