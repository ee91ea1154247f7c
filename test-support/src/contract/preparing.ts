import { deepEqual, equal } from './assert.js'
import { cases } from './contract-case.js'
import type { Echo } from './echo.js'

/** The two steps of a call. */
export const preparing = cases('preparing', {
  'prepare returns the request without credentials': async ({ open, url }) => {
    const session = open({ baseUrl: url, headers: { 'X-App': 'demo' }, params: { a: '1' }, auth: ['u', 'p'] })
    const request = session.prepare('post', 'echo', { json: { b: 2 } })
    deepEqual([request.method, request.url, request.body], ['POST', `${url}echo?a=1`, '{"b":2}'])
    deepEqual([request.headers.get('X-App'), request.headers.has('Authorization')], ['demo', false])
  },

  'send sends it as edited': async ({ open, url }) => {
    const session = open()
    const request = session.prepare('POST', `${url}echo`, { body: 'first' })
    request.headers.set('X-Late', 'yes')
    request.url = `${url}echo/edited`
    request.body = 'second'
    const seen = await session.send(request).json<Echo>()
    deepEqual([seen.path, seen.headers['x-late'], seen.body], ['/echo/edited', 'yes', 'second'])
  },

  'may be sent more than once': async ({ open, url }) => {
    const session = open()
    const request = session.prepare('POST', `${url}echo`, { json: { a: 1 } })
    const [one, two] = [await session.send(request).json<Echo>(), await session.send(request).json<Echo>()]
    deepEqual([one.body, two.body, one.method], ['{"a":1}', '{"a":1}', 'POST'])
  },

  'a prepared request keeps the settings at its creation': async ({ open, url }) => {
    const session = open({ headers: { 'X-App': 'then' } })
    const request = session.prepare('GET', `${url}echo`)
    session.headers.set('X-App', 'now')
    equal((await session.send(request).json<Echo>()).headers['x-app'], 'then')
  },

  'a prepared request is accepted by the platform’s fetch': async ({ open, url }) => {
    const request = open().prepare('POST', `${url}echo`, { form: { a: '1' } })
    // Typed for every transport's bodies; this one's is text, which any fetch takes.
    const seen: Echo = await (await fetch(request.url, request as RequestInit)).json()
    deepEqual([seen.method, seen.body], ['POST', 'a=1'])
  },
})
