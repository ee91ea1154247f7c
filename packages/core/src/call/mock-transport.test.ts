import { describe, expect, it } from 'vitest'
import { prepared, rejection } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { SessionResponse } from '../response/session-response.js'
import { mockTransport } from './transport.js'

describe('mockTransport', () => {
  it('answers by the function, and records the requests', async () => {
    const api = mockTransport(async ({ method }) => Response.json({ method }))
    const request = prepared('https://api.test/a')
    const response = await api.send(request)
    expect(response).toBeInstanceOf(SessionResponse)
    expect([response.url, await response.json(), api.calls]).toEqual([
      'https://api.test/a',
      { method: 'GET' },
      [request],
    ])
  })

  it.each([undefined, { status: 200 }])('refuses %j as a response', async (answer) => {
    const api = mockTransport(() => answer as Response)
    const error = await rejection(api.send(prepared()))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toContain('must answer with a Response')
  })

  it('rejects with the function’s error, and records the request', async () => {
    const failure = new Error('no')
    const api = mockTransport(() => {
      throw failure
    })
    expect(await rejection(api.send(prepared()))).toBe(failure)
    expect(api.calls).toHaveLength(1)
  })
})
