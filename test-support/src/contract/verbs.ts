import { deepEqual, equal } from './assert.js'
import { cases } from './contract-case.js'
import type { Echo } from './echo.js'

/** The verbs, and the two methods that are not named after one. */
export const verbs = cases('verbs', {
  'each verb sends its own method': async ({ open, url }) => {
    const session = open()
    const responses = await Promise.all([
      session.get(`${url}echo`),
      session.head(`${url}echo`),
      session.options(`${url}echo`),
      session.delete(`${url}echo`),
      session.post(`${url}echo`),
      session.put(`${url}echo`),
      session.patch(`${url}echo`),
    ])
    const methods = responses.map((response) => response.headers.get('X-Method'))
    deepEqual(methods, ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'POST', 'PUT', 'PATCH'])
  },

  'request accepts any method and sends it in upper case': async ({ open, url }) => {
    const response = await open().request('patch', `${url}echo`)
    equal(response.headers.get('X-Method'), 'PATCH')
  },

  'a URL object is accepted instead of a string': async ({ open, url }) => {
    const seen = await open().get(new URL('echo?a=1', url)).json<Echo>()
    equal(seen.target, '/echo?a=1')
  },

  'the functional calls need no session': async ({ library, url }) => {
    const seen = await library.get(`${url}echo`, { params: { a: 1 } }).json<Echo>()
    const posted = await library.post(`${url}echo`, { json: { a: 1 } }).json<Echo>()
    deepEqual([seen.method, seen.query, posted.method, posted.body], ['GET', [['a', '1']], 'POST', '{"a":1}'])
  },

  'fetch is a bound drop-in for the platform’s fetch': async ({ open, url }) => {
    const { fetch } = open({ headers: { 'X-App': 'demo' } })
    const response = await fetch(`${url}echo`, { method: 'POST', body: 'hi' })
    const seen: Echo = await response.json()
    deepEqual([seen.method, seen.body, seen.headers['x-app']], ['POST', 'hi', 'demo'])
  },

  'session.fetch accepts a Request with its method, headers and body': async ({ open, url }) => {
    const request = new Request(`${url}echo`, {
      method: 'PUT',
      headers: { 'X-Own': 'yes' },
      body: 'from a Request',
    })
    const seen: Echo = await (await open().fetch(request)).json()
    deepEqual([seen.method, seen.headers['x-own'], seen.body], ['PUT', 'yes', 'from a Request'])
  },

  'session.fetch does not throw for a status': async ({ open, url }) => {
    const response = await open().fetch(`${url}status/404`)
    deepEqual([response.status, response.ok, await response.json()], [404, false, { status: 404 }])
  },
})
