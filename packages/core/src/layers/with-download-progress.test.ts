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
  it('tells of the start, of every chunk, and of the total where it is known', async () => {
    const { told, onDownloadProgress } = listening()
    const response = await watching(() => sized('one', 'two')).get(url, { onDownloadProgress })
    expect(told).toEqual(['0/6'])
    expect(await response.text()).toBe('onetwo')
    expect(told).toEqual(['0/6', '3/6', '6/6'])
  })

  it('tells the total at the end where nobody knew it', async () => {
    const { told, onDownloadProgress } = listening()
    await watching(() => new Response(chunked('one', 'two')))
      .get(url, { onDownloadProgress })
      .text()
    expect(told).toEqual(['0/null', '3/null', '6/null', '6/6'])
  })

  it('takes no length for the total that is said of a coded body, or that is too small', async () => {
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

  it('tells of an empty body that it is whole, and of none nothing', async () => {
    const { told, onDownloadProgress } = listening()
    const session = watching(byPath({ '/empty': () => sized(), '/none': () => new Response(null) }))
    await session.get(`${url}none`, { onDownloadProgress })
    expect(told).toEqual([])
    expect(await session.get(`${url}empty`, { onDownloadProgress }).text()).toBe('')
    expect(told).toEqual(['0/0'])
  })

  it('is a setting of the session, which a call replaces or removes', async () => {
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

  it('is read from the request as it is when it is sent', async () => {
    const { told, onDownloadProgress } = listening()
    const session = watching(() => sized('x'))
    const prepared = session.prepare('GET', url)
    prepared.onDownloadProgress = onDownloadProgress
    await session.send(prepared).text()
    expect(told).toEqual(['0/1', '1/1'])
  })

  it('tells of the last response of a chain alone', async () => {
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

  it('counts a body once that is cloned', async () => {
    const { told, onDownloadProgress } = listening()
    const response = await watching(() => sized('1', '2')).get(url, { onDownloadProgress })
    const clone = response.clone()
    clone.headers.set('X-Clone', '1')
    expect(await Promise.all([response.text(), clone.text()])).toEqual(['12', '12'])
    expect(clone).toBeInstanceOf(SessionResponse)
    expect(response.headers.has('X-Clone')).toBe(false)
    expect(told).toEqual(['0/2', '1/2', '2/2'])
  })

  it('leaves the response what it is', async () => {
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

  it('reads nothing before its reader does', async () => {
    let pulled = 0
    const body = new ReadableStream({ pull: () => void (pulled += 1) }, { highWaterMark: 0 })
    const { onDownloadProgress } = listening()
    const response = await watching(() => new Response(body)).get(url, { onDownloadProgress })
    expect(response.body?.locked).toBe(false)
    expect([pulled, response.bodyUsed]).toEqual([0, false])
  })

  it('passes a cancelled body on to its source', async () => {
    const cancelled: unknown[] = []
    const body = new ReadableStream({ cancel: (reason) => void cancelled.push(reason) })
    const { onDownloadProgress } = listening()
    const response = await watching(() => new Response(body)).get(url, { onDownloadProgress })
    await response.body?.cancel('enough')
    expect(cancelled).toEqual(['enough'])
  })

  it('lets a body go that nobody will read', async () => {
    const { told, onDownloadProgress } = listening()
    const response = await watching(() => sized('x')).get(url, { onDownloadProgress })
    await response.discard()
    expect(told).toEqual(['0/1'])
    expect(await response.text()).toBe('x')
  })

  it('fails the call with what the listener throws at its start', async () => {
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

  it('passes the source’s failure on', async () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new RangeError('broken')) })
    const { onDownloadProgress } = listening()
    const response = await watching(() => new Response(body)).get(url, { onDownloadProgress })
    expect(await rejection(response.text())).toMatchObject({ name: 'RangeError', message: 'broken' })
  })

  it('refuses a listener that is no function, and sends nothing', async () => {
    const { session, api } = testSession(undefined, {}, { nest: withDownloadProgress })
    const call = session.get(url, { onDownloadProgress: 'loud' as never })
    expect(await rejection(call)).toBeInstanceOf(InvalidRequestError)
    expect(api.calls).toHaveLength(0)
  })

  it('ends the call when the body is over, so that closing the session does not touch it', async () => {
    const { onDownloadProgress } = listening()
    const session = watching(() => new Response(oneShot('whole')))
    const response = await session.get(url, { onDownloadProgress })
    const { signal } = response.request
    expect(await response.text()).toBe('whole')
    await session.close()
    expect(signal?.aborted).toBe(false)
  })
})
