import { Socket } from 'node:net'
import type { ClientHttp2Session } from 'node:http2'
import { Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import type { Job } from '../http1/job.js'
import { Http2Stream } from './stream.js'

it('Http2Stream keeps body bytes received before the head', async () => {
  const stream = Object.assign(new Duplex({ read() {} }), { rstCode: 0 })
  const session = { request: () => stream } as unknown as ClientHttp2Session
  const told: string[] = []
  const ended = new Promise<void>((resolve) => {
    const job: Job = {
      mayResend: true,
      options: { origin: 'https://host.test', path: '/', method: 'GET', headers: [], body: null },
      connection: undefined,
      connectLimit: Infinity,
      unreadAfter: () => Infinity,
      within: (work) => work(),
      onRequestStart: () => {},
      onOpened: () => {},
      onRequestSent: () => {},
      onResend: () => {},
      onResponseStart: (_stream, status) => void told.push(String(status)),
      onResponseData: (_stream, chunk) => void told.push(String(chunk)),
      onResponseEnd: resolve,
      onResponseError: () => resolve(),
      onRequestUpgrade: () => {},
    }
    new Http2Stream(job, {
      socket: new Socket(),
      resends: () => false,
      onTimeout: () => {},
      onServerError: () => {},
      onHold: () => {},
      onPause: () => {},
    }).open(session)
  })
  stream.push('first, ')
  setImmediate(() => {
    stream.emit('response', { ':status': 200, 'content-length': '11' })
    stream.push('last')
    stream.push(null)
  })
  await ended
  expect(told).toEqual(['200', 'first, ', 'last'])
})
