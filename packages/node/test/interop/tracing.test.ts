import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { context, propagation, trace } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node'
import {
  type AuthFlow,
  type CallMessage,
  ConnectionError,
  type NodeSessionOptions,
  Session,
} from '@session-fetch/node'
import { createAuthority } from '@session-fetch/test-support/certificates'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EchoServer, startEchoServer } from '../echo-server.js'
import { startHttp2Origin } from '../http2/origin.js'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function make(options: NodeSessionOptions = {}): Session {
  const session = new Session({ trustEnv: false, ...options })
  closers.push(() => session.close())
  return session
}

/** A log-in that leads to the members' page, which is busy at first. */
async function members(): Promise<EchoServer & { parents: (string | undefined)[] }> {
  const parents: (string | undefined)[] = []
  const answer = (request: IncomingMessage, response: ServerResponse): boolean => {
    parents.push(request.headers['traceparent'] as string | undefined)
    if (request.method === 'POST')
      response.writeHead(303, { Location: '/members', 'Set-Cookie': 'id=secret' }).end()
    else if (parents.length === 2) response.writeHead(503).end()
    else response.end(request.headers.cookie)
    return true
  }
  const server = await startEchoServer({ answer })
  closers.push(() => server.close())
  return { ...server, parents }
}

const login = { form: { name: 'ada', password: 'secret' }, retry: { limit: 1, delay: 1 } }

describe('Session: @opentelemetry/instrumentation-undici', () => {
  const exporter = new InMemorySpanExporter()
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const instrumentation = new UndiciInstrumentation()

  beforeEach(() => {
    provider.register()
    instrumentation.setTracerProvider(provider)
    instrumentation.enable()
    closers.push(() => {
      instrumentation.disable()
      for (const api of [trace, context, propagation]) api.disable()
      exporter.reset()
    })
  })

  /** The compared members of a span. */
  const shown = ({ name, attributes: of, parentSpanContext }: ReadableSpan): unknown => [
    name,
    of['url.path'],
    of['http.response.status_code'] ?? of['error.type'],
    parentSpanContext?.spanId,
  ]

  it('sees each request of a log-in, below the span of its caller, and reaches the server', async () => {
    const server = await members()
    const session = make()
    const parent = provider.getTracer('test').startSpan('caller')
    const page = await context.with(trace.setSpan(context.active(), parent), () =>
      session.post(`${server.url}login`, login).text(),
    )
    parent.end()
    const { spanId, traceId } = parent.spanContext()
    const [post, busy, got, caller] = exporter.getFinishedSpans()
    expect(page).toBe('id=secret')
    expect(caller?.name).toBe('caller')
    expect([post, busy, got].map((span) => span && shown(span))).toEqual([
      ['POST', '/login', 303, spanId],
      ['GET', '/members', 503, spanId],
      ['GET', '/members', 200, spanId],
    ])
    expect(post?.attributes['network.peer.address']).toBe('127.0.0.1')
    expect(server.parents).toEqual(
      [post, busy, got].map((span) => `00-${traceId}-${span?.spanContext().spanId}-01`),
    )
  })

  it('sees a call that fails, once', async () => {
    await expect(make().get('http://127.0.0.1:9/none')).rejects.toThrow(ConnectionError)
    expect(exporter.getFinishedSpans().map(shown)).toEqual([['GET', '/none', 'ERR_CONNECTION', undefined]])
  })

  it('reports a call that is aborted during its body', async () => {
    const server = await startEchoServer({
      answer: (_request, response) => response.writeHead(200).write('some'),
    })
    closers.push(() => server.close())
    const abort = new AbortController()
    const response = await make().get(server.url, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(response.text()).rejects.toThrow('enough')
    expect(exporter.getFinishedSpans()).toHaveLength(1)
    expect(exporter.getFinishedSpans()[0]?.status).toMatchObject({ code: 2, message: 'enough' })
  })

  it('sees requests over HTTP/2', async () => {
    const authority = await createAuthority()
    closers.push(() => authority.close())
    const certificate = await authority.issue(['DNS:localhost'])
    const origin = await startHttp2Origin(certificate, (stream) => {
      stream.respond({ ':status': 200 })
      stream.end('ok')
    })
    closers.push(() => origin.close())
    const session = make({ http2: true, tls: { ca: authority.ca } })
    expect(await session.get(origin.url).text()).toBe('ok')
    const [span] = exporter.getFinishedSpans()
    expect(span?.attributes).toMatchObject({
      'http.response.status_code': 200,
      'network.protocol.version': '2',
    })
  })
})

/** Collects the messages of a channel. */
function heard(name: string): unknown[] {
  const messages: unknown[] = []
  const listen = (message: unknown): unknown => messages.push(message)
  subscribe(name, listen)
  closers.push(() => unsubscribe(name, listen))
  return messages
}

interface UndiciMessage {
  readonly request: { readonly path: string; readonly headers: readonly string[] }
  readonly [name: string]: unknown
}

describe('Session: diagnostics_channel', () => {
  it('has the messages of undici, in their order', async () => {
    const order: [string, UndiciMessage][] = []
    const names = ['create', 'bodyChunkSent', 'bodySent', 'headers', 'bodyChunkReceived', 'trailers', 'error']
    for (const name of [...names.map((name) => `undici:request:${name}`), 'undici:client:sendHeaders']) {
      const listen = (message: unknown): unknown => order.push([name, message as UndiciMessage])
      subscribe(name, listen)
      closers.push(() => unsubscribe(name, listen))
    }
    const connected = heard('undici:client:connected') as { connectParams: { version: string } }[]
    const server = await startEchoServer({ answer: (_request, response) => response.end('got it') !== null })
    closers.push(() => server.close())
    await make().post(`${server.url}a?b=c`, { body: 'text' }).text()
    expect(order.map(([name]) => name)).toEqual([
      'undici:request:create',
      'undici:client:sendHeaders',
      'undici:request:bodyChunkSent',
      'undici:request:bodySent',
      'undici:request:headers',
      'undici:request:bodyChunkReceived',
      'undici:request:trailers',
    ])
    const request = order[0]?.[1].request
    expect(order.every(([, message]) => message.request === request)).toBe(true)
    expect(request).toMatchObject({ path: '/a?b=c', method: 'POST', completed: true, contentLength: 4 })
    expect(order[4]?.[1]['response']).toMatchObject({ statusCode: 200, statusText: 'OK' })
    expect(connected[0]?.connectParams.version).toBe('h1')
  })

  it('sends the headers that a listener adds, and no header that HTTP does not allow', async () => {
    const server = await startEchoServer({
      answer: ({ headers }, response) => response.end(headers['x-added']) !== null,
    })
    closers.push(() => server.close())
    let value = 'yes'
    const add = (message: unknown): unknown =>
      (message as { request: { addHeader(name: string, value: string): void } }).request.addHeader(
        'X-Added',
        value,
      )
    subscribe('undici:request:create', add)
    closers.push(() => unsubscribe('undici:request:create', add))
    const session = make()
    expect(await session.get(server.url).text()).toBe('yes')
    value = 'yes\r\nx-more: smuggled'
    await expect(session.get(server.url).text()).rejects.toThrow('x-added')
  })
})

describe('Session: the channel session-fetch:call', () => {
  it('has what a session does beside sending requests, without a secret', async () => {
    const messages = heard('session-fetch:call') as CallMessage[]
    const server = await members()
    const { url } = server
    await make().post(`${url}login?key=secret`, login)
    expect(messages.map(({ type }) => type)).toEqual(['start', 'redirect', 'retry', 'end'])
    const [start, redirect, retry, end] = messages
    expect(new Set(messages.map(({ call }) => call)).size).toBe(1)
    expect(start?.call).toEqual({ method: 'POST', url: `${url}login` })
    expect(redirect).toMatchObject({
      request: { method: 'GET', url: `${url}members` },
      response: { status: 303 },
    })
    expect(retry).toMatchObject({
      request: { method: 'GET', url: `${url}members` },
      response: { status: 503 },
    })
    expect(end).toMatchObject({ response: { status: 200 } })
    expect(JSON.stringify(messages)).not.toContain('secret')
  })

  it('has challenges and errors', async () => {
    const messages = heard('session-fetch:call') as CallMessage[]
    const server = await startEchoServer({
      answer: ({ headers }, response) => {
        if (headers.authorization) response.destroy()
        else response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end()
        return true
      },
    })
    closers.push(() => server.close())
    const auth: AuthFlow = {
      *authenticate(request) {
        const { status } = yield request
        if (status !== 401) return
        request.headers.set('Authorization', 'Bearer secret')
        yield request
      },
    }
    const call = make({ auth }).get(server.url)
    await expect(call).rejects.toThrow(ConnectionError)
    expect(messages.map(({ type }) => type)).toEqual(['start', 'challenge', 'error'])
    expect(messages[1]).toMatchObject({ response: { status: 401 } })
    expect(JSON.stringify(messages)).not.toContain('secret')
  })
})
