import type { IncomingHttpHeaders } from 'node:http'
import { Session } from '@session-fetch/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EchoServer, startEchoServer } from '../echo-server.js'
import { type Run, bundled, removePrograms } from '../run-script.js'

/** A span as Sentry would send it, and whether it is directly below the caller's. */
interface SentSpan {
  readonly description: string
  readonly status: string
  readonly span_id: string
  readonly trace_id: string
  readonly data: Readonly<Record<string, unknown>>
  readonly isCallers: boolean
}

const seen: IncomingHttpHeaders[] = []
let server: EchoServer
let run: Run
beforeAll(async () => {
  run = await bundled('sentry')
  server = await startEchoServer({
    answer(request, response) {
      seen.push(request.headers)
      if (request.method === 'POST') response.writeHead(303, { Location: '/members' }).end()
      else response.end('welcome')
      return true
    },
  })
})
afterAll(async () => {
  await server.close()
  await removePrograms()
})

describe(Session, () => {
  it('is seen by Sentry: a span for each request, below the caller’s, and its headers on the wire', async () => {
    const { stdout, stderr } = await run(server.url)
    const spans = JSON.parse(stdout || stderr) as SentSpan[]
    expect(spans.map(({ description, status }) => [description, status])).toEqual([
      [`POST ${server.url}login`, 'ok'],
      [`GET ${server.url}members`, 'ok'],
      ['GET http://127.0.0.1:9/none', 'internal_error'],
    ])
    expect(spans.map(({ data }) => data['http.response.status_code'])).toEqual([303, 200, undefined])
    expect(spans.every(({ isCallers }) => isCallers)).toBe(true)
    expect(seen.map((headers) => headers['sentry-trace'])).toEqual(
      spans.slice(0, 2).map(({ trace_id, span_id }) => `${trace_id}-${span_id}-1`),
    )
    for (const { baggage } of seen) expect(baggage).toContain(`sentry-trace_id=${spans[0]?.trace_id}`)
  })
})
