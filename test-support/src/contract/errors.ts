import { deepEqual, equal, includes, ok, rejects } from './assert.js'
import { cases, inDevelopment } from './contract-case.js'

/** Failures, and the errors that a caller gets. */
export const errors = cases('errors', {
  'a broken connection is a ConnectionError with its request and cause': async (context) => {
    const { open, url, library } = context
    const session = open()
    const error = await rejects(session.get(`${url}reset?token=secret`), library.ConnectionError)
    ok(error instanceof library.SessionError, 'a SessionError')
    deepEqual([error.code, error.retryable], ['ERR_CONNECTION', true])
    // A session that does not open connections itself cannot determine the phase of a failure.
    equal(error.phase, session.capabilities.connectTimeout ? 'headers' : 'connect')
    deepEqual([error.request?.method, error.request?.url.includes('secret')], ['GET', false])
    ok(error.cause instanceof Error, 'the cause is the platform’s error')
    equal(error.message.includes('secret'), false, 'the query in the message')
  },

  'fetch rejects with a TypeError whose cause is the SessionError': async ({ open, url, library }) => {
    const error = await rejects(open().fetch(`${url}reset`), TypeError)
    ok(error.cause instanceof library.ConnectionError, 'the cause is a ConnectionError')
  },

  'an unknown option is an InvalidRequestError that names it': inDevelopment(
    async ({ open, url, library }) => {
      const init: object = { colour: 'red' }
      const error = await rejects(open().get(`${url}json`, init), library.InvalidRequestError)
      includes(error.message, 'colour')
      const made = await rejects(
        Promise.resolve().then(() => open(init)),
        library.InvalidRequestError,
      )
      includes(made.message, 'colour')
    },
  ),

  'session.fetch ignores an unknown member, as fetch does': async ({ open, url }) => {
    const init: object = { colour: 'red' }
    equal((await open().fetch(`${url}json`, init)).status, 200)
  },

  'an invalid URL or method is an InvalidRequestError': async ({ open, library }) => {
    const session = open()
    await rejects(session.get('http://'), library.InvalidRequestError)
    await rejects(session.get(undefined as unknown as string), library.InvalidRequestError)
    await rejects(session.request('GE T', 'http://127.0.0.1/'), library.InvalidRequestError)
  },

  'an invalid header is an InvalidRequestError, and nothing is sent': async ({ open, url, library }) => {
    const session = open()
    for (const headers of [{ 'X-A': 'a\r\nX-B: b' }, { 'X A': 'a' }])
      await rejects(session.get(`${url}echo`, { headers }), library.InvalidRequestError)
  },

  'a header that frames the message is refused; to a page it is one of many': inDevelopment(
    async (context) => {
      const { open, url, library, platform } = context
      const call = open().get(`${url}echo`, { headers: { 'Content-Length': '3' } })
      await rejects(call, platform === 'browser' ? library.UnsupportedError : library.InvalidRequestError)
    },
  ),

  'a body that is not JSON is a DecodeError': async ({ open, url }) => {
    const error = await rejects(open().get(`${url}text?body=<html>`).json(), Error)
    ok(['DecodeError', 'SyntaxError'].includes(error.name), error.name)
  },

  'an HttpError discards an unread body': async ({ open, url, library }) => {
    const id = crypto.randomUUID()
    const session = open()
    const error = await rejects(session.get(`${url}endless-failure?id=${id}`).json(), library.HttpError)
    equal(error.status, 500)
    // The server answers this when the connection, or the stream, of the first is closed.
    deepEqual(await session.get(`${url}hang/closed?id=${id}`).json(), { id })
  },

  'a deadline is a TimeoutError': async ({ open, url, library }) => {
    const call = open({ timeout: 40 }).get(`${url}hang?id=${crypto.randomUUID()}`)
    const error = await rejects(call, library.TimeoutError)
    deepEqual([error.name, error.code], ['TimeoutError', 'ERR_TIMEOUT'])
  },
})
