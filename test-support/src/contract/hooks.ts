import { deepEqual, equal, ok, reasonOf, rejects } from './assert.js'
import { cases, inDevelopment } from './contract-case.js'
import { echoed } from './echo.js'
import type { Hooks } from './library.js'

const answerByHook = (): Response => Response.json({ from: 'hook' }, { status: 203 })

/** Arguments that only a caller without types can pass. */
const returnText: unknown = () => 'text'

/** What a hook gets, may change, and may return. */
export const hooks = cases('hooks', {
  'a request hook may edit the request': async ({ open, url }) => {
    const session = open({ hooks: { request: [({ request }) => request.headers.set('X-Hook', 'edited')] } })
    equal((await echoed(session, `${url}echo`)).headers['x-hook'], 'edited')
  },

  'a request hook may be asynchronous': async ({ open, url }) => {
    const session = open()
    const token = (): Promise<string> => session.get(`${url}text?body=token`).text()
    const request: Hooks['request'] = [async (state) => state.request.headers.set('X-Token', await token())]
    equal((await echoed(open({ hooks: { request } }), `${url}echo`)).headers['x-token'], 'token')
  },

  'a request hook may return another request': async ({ open, url }) => {
    const session = open()
    const other = session.prepare('PUT', `${url}echo/other`, { body: 'other' })
    const seen = await echoed(session, `${url}echo`, { hooks: { request: [() => other] } })
    deepEqual([seen.method, seen.path, seen.body], ['PUT', '/echo/other', 'other'])
  },

  'a request hook may answer the call itself': async ({ open, url }) => {
    const passed: number[] = []
    const session = open({ hooks: { response: [({ response }) => void passed.push(response.status)] } })
    const response = await session.get(`${url}reset`, { hooks: { request: [answerByHook] } })
    deepEqual([response.status, await response.json(), passed], [203, { from: 'hook' }, [203]])
    deepEqual([response.request.url, response.history], [`${url}reset`, []])
  },

  'a response hook may replace the response': async ({ open, url }) => {
    const response = await open({ hooks: { response: [() => new Response('replaced')] } }).get(`${url}json`)
    deepEqual([await response.text(), response.request.url], ['replaced', `${url}json`])
  },

  'run the session’s first, then the call’s, in the order added': async ({ open, url }) => {
    const order: string[] = []
    const note = (text: string) => (): void => void order.push(text)
    const session = open({ hooks: { request: [note('s1'), note('s2')], response: [note('s3')] } })
    await session.get(`${url}json`, { hooks: { request: [note('c1')], response: [note('c2')] } })
    deepEqual(order, ['s1', 's2', 'c1', 's3', 'c2'])
  },

  'receive the session, the request, the settings and the response': async ({ open, url }) => {
    const seen: unknown[] = []
    const session = open()
    const response: Hooks['response'] = [
      (state) =>
        void seen.push(
          state.session === session,
          state.request.method,
          'params' in state.settings,
          state.response.status,
        ),
    ]
    await session.get(`${url}json`, { hooks: { response } })
    deepEqual(seen, [true, 'GET', true, 200])
  },

  'run once per call, however many redirects': async ({ open, url }) => {
    let calls = 0
    const count = (): void => void (calls += 1)
    await open({ hooks: { request: [count], response: [count] } }).get(`${url}redirect/3`)
    equal(calls, 2)
  },

  'errors of a hook are rethrown unchanged, with cookies stored': async ({ open, url }) => {
    const thrown = new RangeError('from a hook')
    const fail = (): never => {
      throw thrown
    }
    const session = open()
    const call = session.get(`${url}set-cookie?line=sid=42;%20Path=/`, { hooks: { response: [fail] } })
    equal(await reasonOf(call), thrown)
    equal(await reasonOf(session.get(`${url}json`, { hooks: { request: [fail] } })), thrown)
    deepEqual(await session.get(`${url}cookies`).json(), { sid: '42' })
  },

  'what a hook may not return is a HookError': inDevelopment(async ({ open, url, library }) => {
    const response = [returnText as () => void]
    const error = await rejects(open().get(`${url}json`, { hooks: { response } }), library.HookError)
    ok(error.message.includes('response'), 'the message names the hook')
  }),

  'can be added later': async ({ open, url }) => {
    const session = open()
    session.hooks.request.push(({ request }) => request.headers.set('X-Hook', 'late'))
    equal((await echoed(session, `${url}echo`)).headers['x-hook'], 'late')
  },
})
