import { describe, expect, it } from 'vitest'
import { redirect, rejection, testSession } from '../../test/test-session.js'
import { ResponsePromise } from './promise.js'
import type { StandardSchema } from './schema.js'
import { HttpError } from './session-response.js'

const API = 'https://api.test/'
const answers = (body: BodyInit, init?: ResponseInit) => testSession(() => new Response(body, init)).session
const failing = () => answers('{"why":"no"}', { status: 404 })
const READERS = ['json', 'text', 'bytes', 'arrayBuffer', 'blob', 'formData'] as const

describe('ResponsePromise', () => {
  it('reads each kind of body', async () => {
    expect(await answers('{"a":1}').get(API).json<{ a: number }>()).toEqual({ a: 1 })
    expect(await answers('\ufeffü').get(API).text()).toBe('ü')
    expect(await answers('a').get(API).bytes()).toEqual(new Uint8Array([97]))
    expect(new Uint8Array(await answers('a').get(API).arrayBuffer())).toEqual(new Uint8Array([97]))
    expect(await (await answers('a').get(API).blob()).text()).toBe('a')
    expect((await answers(new URLSearchParams('a=1')).get(API).formData()).get('a')).toBe('1')
  })

  it('resolves to the response, whatever its status', async () => {
    const promise = failing().get(API)
    expect(promise).toBeInstanceOf(ResponsePromise)
    expect((await promise).status).toBe(404)
  })

  it('returns plain promises', () => {
    const promise = failing().get(API)
    expect(promise.then(({ status }) => status)).not.toBeInstanceOf(ResponsePromise)
    expect(promise.finally(() => {})).not.toBeInstanceOf(ResponsePromise)
  })

  it('rejects, and never throws, if the request cannot be prepared', async () => {
    await expect(testSession().session.get('relative')).rejects.toMatchObject({ code: 'ERR_INVALID_REQUEST' })
  })

  it.each(READERS)('%s() rejects when the response is not ok', async (reader) => {
    expect(await rejection(failing().get(API)[reader]())).toBeInstanceOf(HttpError)
  })

  it.each([304, 400, 500])('readers reject for %i', async (status) => {
    const { session } = testSession(() => new Response(null, { status }))
    expect(await rejection(session.get(API).text())).toBeInstanceOf(HttpError)
  })

  it('readers reject for a redirect that was not followed', async () => {
    const { session } = testSession(() => redirect('/a'))
    expect(await rejection(session.get(API, { redirect: 'manual' }).text())).toBeInstanceOf(HttpError)
  })
})

describe('throwHttpErrors', () => {
  it('false in the call or the session lets readers read on', async () => {
    expect(await failing().get(API, { throwHttpErrors: false }).json()).toEqual({ why: 'no' })
    const { session } = testSession(() => new Response('no', { status: 500 }), { throwHttpErrors: false })
    expect(await session.get(API).text()).toBe('no')
  })

  it('true rejects the response itself', async () => {
    expect(await rejection(failing().get(API, { throwHttpErrors: true }))).toBeInstanceOf(HttpError)
    const { session } = testSession(() => new Response('no', { status: 500 }), { throwHttpErrors: true })
    expect(await rejection(session.get(API))).toBeInstanceOf(HttpError)
    expect((await session.get(API, { throwHttpErrors: false })).status).toBe(500)
  })

  it('true lets anything below 400 pass', async () => {
    const { session } = testSession(() => redirect('/a'), { throwHttpErrors: true })
    expect((await session.get(API, { redirect: 'manual' })).status).toBe(302)
  })

  it('a function decides, for readers too', async () => {
    const throwHttpErrors = (response: Response): boolean => response.status === 404
    expect(await rejection(failing().get(API, { throwHttpErrors }))).toBeInstanceOf(HttpError)
    expect(await answers('no', { status: 500 }).get(API, { throwHttpErrors }).text()).toBe('no')
  })

  it('a function that throws rejects the call with its error, and the response is discarded', async () => {
    let isCancelled = false
    const endless = (): ReadableStream<Uint8Array<ArrayBuffer>> =>
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(40_000)),
        cancel: () => void (isCancelled = true),
      })
    const { session, clock } = testSession(() => new Response(endless()), { timeout: 5 })
    const error = new RangeError('mine')
    const throwHttpErrors = (): never => {
      throw error
    }
    expect(await rejection(session.get(API, { throwHttpErrors }))).toBe(error)
    expect([isCancelled, clock.running]).toEqual([true, 0])
  })

  it('keeps the deadline until the error’s body is read', async () => {
    const { session, clock } = testSession(() => new Response('no', { status: 500 }), {
      throwHttpErrors: true,
      timeout: 5,
    })
    const error = await rejection(session.get(API))
    expect(clock.running).toBe(1)
    if (error instanceof HttpError) await error.response.text()
    expect(clock.running).toBe(0)
  })
})

describe('json with a schema', () => {
  const schema: StandardSchema<number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        typeof value === 'number'
          ? { value: value + 1 }
          : { issues: [{ message: 'no number', path: ['a', { key: 0 }] }] },
    },
  }

  it('returns the output of the schema', async () => {
    expect(await answers('1').get(API).json(schema)).toBe(2)
  })

  it('rejects with the first issue, and with all issues as the cause', async () => {
    const error = await rejection(answers('{}').get(API).json(schema))
    expect(error).toMatchObject({ code: 'ERR_DECODE', cause: [{ message: 'no number' }] })
    expect(String(error)).toContain('"a.0": no number')
  })
})
