import { deepEqual, equal, ok, reasonOf, rejects } from './assert.js'
import { type ContractContext, cases } from './contract-case.js'

/** The end of a session. */
export const closing = cases('closing', {
  'calls after close are a SessionClosedError': async ({ library, url }) => {
    const session = new library.Session()
    await session.close()
    const error = await rejects(session.get(`${url}json`), library.SessionClosedError)
    deepEqual([error.name, error.code, error.phase], ['SessionClosedError', 'ERR_SESSION_CLOSED', 'closed'])
    const fetched = await rejects(session.fetch(`${url}json`), TypeError)
    ok(fetched.cause instanceof library.SessionClosedError, 'the cause is a SessionClosedError')
  },

  'close rejects pending calls with a SessionClosedError': async (context) => {
    const { library, url } = context
    const session = new library.Session()
    const id = crypto.randomUUID()
    const call = rejects(session.get(`${url}hang?id=${id}`), library.SessionClosedError)
    await event(context, 'hang/arrived', id)
    await session.close()
    await call
    await event(context, 'hang/closed', id)
  },

  'close ends a body that is still being read': async (context) => {
    const { library, url } = context
    const session = new library.Session()
    const id = crypto.randomUUID()
    const response = await session.get(`${url}slow-body?id=${id}`)
    const text = rejects(response.text(), library.SessionClosedError)
    await session.close()
    await text
    await event(context, 'hang/closed', id)
  },

  'close may be called twice, and does not affect finished responses': async ({ library, url }) => {
    const session = new library.Session()
    const response = await session.get(`${url}text?body=kept`)
    const text = await response.text()
    await Promise.all([session.close(), session.close()])
    await session.close()
    equal(text, 'kept')
  },

  'Symbol.asyncDispose closes, if the runtime supports it': async ({ library, url }) => {
    const session = new library.Session()
    equal('undefined' in session, false)
    await ('asyncDispose' in Symbol ? session[Symbol.asyncDispose]() : session.close())
    await rejects(session.get(`${url}json`), library.SessionClosedError)
  },
})

/** An abort is the caller's own, and passes through untouched. */
export const aborting = cases('aborting', {
  'an aborted signal prevents the request': async ({ open, url }) => {
    const id = crypto.randomUUID()
    const error = await reasonOf(open().get(`${url}hang?id=${id}`, { signal: AbortSignal.abort() }))
    ok(error instanceof DOMException && error.name === 'AbortError', `an AbortError: ${String(error)}`)
  },

  'a signal rejects a pending call with an AbortError': async (context) => {
    const { open, url } = context
    const controller = new AbortController()
    const id = crypto.randomUUID()
    const call = reasonOf(open().get(`${url}hang?id=${id}`, { signal: controller.signal }))
    await event(context, 'hang/arrived', id)
    controller.abort()
    const error = await call
    ok(error instanceof Error && error.name === 'AbortError', `an AbortError: ${String(error)}`)
    await event(context, 'hang/closed', id)
  },

  'a call rejects with the signal’s own reason': async (context) => {
    const { open, url } = context
    const controller = new AbortController()
    const id = crypto.randomUUID()
    const reason = new RangeError('enough')
    const call = reasonOf(open().get(`${url}hang?id=${id}`, { signal: controller.signal }))
    await event(context, 'hang/arrived', id)
    controller.abort(reason)
    equal(await call, reason)
  },

  'a signal stops reading a body': async (context) => {
    const { open, url } = context
    const controller = new AbortController()
    const id = crypto.randomUUID()
    const response = await open().get(`${url}slow-body?id=${id}`, { signal: controller.signal })
    const text = reasonOf(response.text())
    controller.abort()
    const error = await text
    ok(error instanceof Error && error.name === 'AbortError', `an AbortError: ${String(error)}`)
    await event(context, 'hang/closed', id)
  },

  'fetch rejects with the AbortError itself': async (context) => {
    const { open, url } = context
    const controller = new AbortController()
    const id = crypto.randomUUID()
    const call = reasonOf(open().fetch(`${url}hang?id=${id}`, { signal: controller.signal }))
    await event(context, 'hang/arrived', id)
    controller.abort()
    const error = await call
    ok(error instanceof DOMException && error.name === 'AbortError', `an AbortError: ${String(error)}`)
  },

  'a signal can be aborted after its calls are over': async ({ open, url }) => {
    const controller = new AbortController()
    const response = await open().get(`${url}text?body=done`, { signal: controller.signal })
    const text = await response.text()
    controller.abort()
    equal(text, 'done')
  },
})

/** Waits, with a separate session, for the server's report about a request. */
async function event({ open, url }: ContractContext, what: string, id: string): Promise<void> {
  await open().get(`${url}${what}?id=${id}`).json()
}
