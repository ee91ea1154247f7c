import { describe, expect, it } from 'vitest'
import { byPath, oneShot, redirect, rejection, testSession } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import type { Progress } from '../request/progress.js'
import { SessionResponse } from '../response/session-response.js'
import type { Session } from '../session/session.js'
import { withDownloadProgress } from './download-progress.js'
import { followRedirects } from './redirects.js'

const url = 'https://api.test/'

/** A session whose bodies are watched, over a server in memory. */
function watching(...answer: Parameters<typeof testSession>): Session {
  const [handler, options] = answer
  return testSession(handler, options, {
    nest: (send, call) => withDownloadProgress(followRedirects(send, call), call),
  }).session
}

/** What a listener was told, as `bytes/total`. */
function listening(): { told: string[]; onDownloadProgress: (progress: Progress) => void } {
  const told: string[] = []
  return { told, onDownloadProgress: ({ bytes, total }) => void told.push(`${bytes}/${total}`) }
}

function chunked(...chunks: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const left = [...chunks]
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(chunk))
    },
  })
}

const sized = (...chunks: string[]): Response =>
  new Response(chunked(...chunks), {
    headers: { 'Content-Length': String(chunks.join('').length), 'Content-Type': 'text/plain' },
  })

describe('withDownloadProgress', () => {
  it('reports the start, every chunk, and the total if it is known', async () => {
    const { told, onDownloadProgress } = listening()
    const response = await watching(() => sized('one', 'two')).get(url, { onDownloadProgress })
    expect(told).toEqual(['0/6'])
    expect(await response.text()).toBe('onetwo')
    expect(told).toEqual(['0/6', '3/6', '6/6'])
  })

  it('reports the total at the end if it was unknown', async () => {
    const { told, onDownloadProgress } = listening()
    await watching(() => new Response(chunked('one', 'two')))
      .get(url, { onDownloadProgress })
      .text()
    expect(told).toEqual(['0/null', '3/null', '6/null', '6/6'])
  })

  it('ignores the length of an encoded body, or one that is too small', async () => {
    for (const headers of [
      { 'Content-Length': '2', 'Content-Encoding': 'gzip' },
      { 'Content-Length': '2' },
    ]) {
      const { told, onDownloadProgress } = listening()
      await watching(() => new Response(chunked('long'), { headers }))
        .get(url, { onDownloadProgress })
        .text()
      expect(told.slice(-2)).toEqual(['4/null', '4/4'])
    }
  })

  it('reports an empty body as complete, and nothing without a body', async () => {
    const { told, onDownloadProgress } = listening()
    const session = watching(byPath({ '/empty': () => sized(), '/none': () => new Response(null) }))
    await session.get(`${url}none`, { onDownloadProgress })
    expect(told).toEqual([])
    expect(await session.get(`${url}empty`, { onDownloadProgress }).text()).toBe('')
    expect(told).toEqual(['0/0'])
  })

  it('is a setting of the session that a call replaces or removes', async () => {
    const [own, other] = [listening(), listening()]
    const session = watching(() => sized('x'), { onDownloadProgress: own.onDownloadProgress })
    await session.get(url).text()
    await session.get(url, { onDownloadProgress: other.onDownloadProgress }).text()
    await session.get(url, { onDownloadProgress: null }).text()
    expect([own.told, other.told]).toEqual([
      ['0/1', '1/1'],
      ['0/1', '1/1'],
    ])
  })

  it('is read when the request is sent', async () => {
    const { told, onDownloadProgress } = listening()
    const session = watching(() => sized('x'))
    const prepared = session.prepare('GET', url)
    prepared.onDownloadProgress = onDownloadProgress
    await session.send(prepared).text()
    expect(told).toEqual(['0/1', '1/1'])
  })

  it('reports the final response only', async () => {
    const { told, onDownloadProgress } = listening()
    const session = watching(byPath({ '/': () => redirect('/end'), '/end': () => sized('end') }))
    const response = await session.get(url, { onDownloadProgress })
    expect([await response.text(), response.redirected, response.history.length]).toEqual(['end', true, 1])
    expect(told).toEqual(['0/3', '3/3'])
  })

  it.each<[string, (response: Response) => Promise<unknown>, unknown]>([
    ['json', (response) => response.json(), 12],
    ['bytes', async (response) => (await response.arrayBuffer()).byteLength, 2],
    ['blob', async (response) => (await response.blob()).type, 'text/plain'],
    ['stream', async (response) => (await response.body?.getReader().read())?.value?.byteLength, 1],
    ['copy', (response) => new Response(response.body, response).text(), '12'],
  ])('counts what is read as %s', async (_reader, read, result) => {
    const { told, onDownloadProgress } = listening()
    const response = await watching(() => sized('1', '2')).get(url, { onDownloadProgress })
    expect(await read(response)).toEqual(result)
    expect(response.bodyUsed).toBe(true)
    expect(told).toContain('1/2')
  })

  it('counts a cloned body once', async () => {
    const { told, onDownloadProgress } = listening()
    const response = await watching(() => sized('1', '2')).get(url, { onDownloadProgress })
    const clone = response.clone()
    clone.headers.set('X-Clone', '1')
    expect(await Promise.all([response.text(), clone.text()])).toEqual(['12', '12'])
    expect(clone).toBeInstanceOf(SessionResponse)
    expect(response.headers.has('X-Clone')).toBe(false)
    expect(told).toEqual(['0/2', '1/2', '2/2'])
  })

  it('does not change the response', async () => {
    const { onDownloadProgress } = listening()
    const answer = (): Response =>
      new Response('x', { status: 418, statusText: 'Teapot', headers: { 'X-A': '1' } })
    const response = await watching(answer).get(`${url}#part`, { onDownloadProgress })
    expect(response).toBeInstanceOf(SessionResponse)
    expect([response.status, response.statusText, response.ok, response.url, response.type]).toEqual([
      418,
      'Teapot',
      false,
      `${url}#part`,
      'default',
    ])
    expect([response.headers.get('X-A'), response.request.method, response.redirected]).toEqual([
      '1',
      'GET',
      false,
    ])
    expect(Object.keys(response)).toEqual([])
  })

  it('does not read before its reader does', async () => {
    let pulled = 0
    const body = new ReadableStream({ pull: () => void (pulled += 1) }, { highWaterMark: 0 })
    const { onDownloadProgress } = listening()
    const response = await watching(() => new Response(body)).get(url, { onDownloadProgress })
    expect(response.body?.locked).toBe(false)
    expect([pulled, response.bodyUsed]).toEqual([0, false])
  })

  it('cancels the source with the body', async () => {
    const cancelled: unknown[] = []
    const body = new ReadableStream({ cancel: (reason) => void cancelled.push(reason) })
    const { onDownloadProgress } = listening()
    const response = await watching(() => new Response(body)).get(url, { onDownloadProgress })
    await response.body?.cancel('enough')
    expect(cancelled).toEqual(['enough'])
  })

  it('cancels a body that will not be read', async () => {
    const { told, onDownloadProgress } = listening()
    const response = await watching(() => sized('x')).get(url, { onDownloadProgress })
    await response.discard()
    expect(told).toEqual(['0/1'])
    expect(await response.text()).toBe('x')
  })

  it('rejects with an error that the listener throws at the start', async () => {
    const error = new TypeError('not now')
    const session = watching(() => sized('x'))
    const call = session.get(url, {
      onDownloadProgress: () => {
        throw error
      },
    })
    expect(await rejection(call)).toBe(error)
  })

  it.each(['text', 'arrayBuffer', 'blob', 'json'] as const)(
    'fails %s() with what the listener throws',
    async (reader) => {
      const error = new TypeError('enough')
      const response = await watching(() => sized('one', 'two')).get(url, {
        onDownloadProgress({ bytes }) {
          if (bytes > 0) throw error
        },
      })
      expect(await rejection(response[reader]())).toBe(error)
    },
  )

  it('passes on a failure of the source', async () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new RangeError('broken')) })
    const { onDownloadProgress } = listening()
    const response = await watching(() => new Response(body)).get(url, { onDownloadProgress })
    expect(await rejection(response.text())).toMatchObject({ name: 'RangeError', message: 'broken' })
  })

  it('rejects a listener that is not a function, and sends nothing', async () => {
    const { session, api } = testSession(undefined, {}, { nest: withDownloadProgress })
    const call = session.get(url, { onDownloadProgress: 'loud' as never })
    expect(await rejection(call)).toBeInstanceOf(InvalidRequestError)
    expect(api.calls).toHaveLength(0)
  })

  it('ends the call with the body, so that closing the session has no effect on it', async () => {
    const { onDownloadProgress } = listening()
    const session = watching(() => new Response(oneShot('whole')))
    const response = await session.get(url, { onDownloadProgress })
    const { signal } = response.request
    expect(await response.text()).toBe('whole')
    await session.close()
    expect(signal?.aborted).toBe(false)
  })
})
