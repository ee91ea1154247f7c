import {
  type CallOptions,
  type Capabilities,
  type MockTransport,
  PreparedRequest,
  Session,
  type SessionOptions,
  SessionResponse,
  mockTransport,
} from '../src/index.js'
import {
  Cancellation,
  InFlight,
  type Platform,
  authenticate,
  checks,
  cookiePairs,
  encodeMultipart,
  followRedirects,
  inspectAsJson,
  refuseFraming,
  replayableBody,
  retry,
  shownSession,
  suggestNearest,
  whenDone,
  withCookies,
} from '../src/adapter.js'
import { FakeClock } from './fake-clock.js'
import { StubCookies } from './stub-cookies.js'

// As a platform of Node does.
inspectAsJson(Session, shownSession)
inspectAsJson(PreparedRequest)
inspectAsJson(SessionResponse)

export type Handler = (request: PreparedRequest) => Response | Promise<Response>

/** A session over a mock transport, with all layers. */
export interface TestSession {
  session: Session
  api: MockTransport
  cookies: StubCookies
  clock: FakeClock
  /** The sent request number `index`; by default the first. */
  sent: (index?: number) => PreparedRequest
}

export function testSession(
  handler: Handler = () => new Response('ok'),
  options: SessionOptions = {},
  platform: Partial<Platform> = {},
): TestSession {
  const api = mockTransport(handler)
  const cookies = new StubCookies()
  const clock = new FakeClock()
  const whole: Platform = {
    transport: api,
    cookies,
    clock,
    stop: Cancellation.make,
    whenDone,
    calls: () => new InFlight(),
    capabilities: {} as Capabilities, // layers and settings ask nothing of them
    checks,
    suggest: suggestNearest,
    check: refuseFraming,
    multipart: encodeMultipart,
    callCookies: cookiePairs,
    bodyOf: replayableBody,
    share: () => whole,
    fork: (copyCookies) => ({ ...whole, cookies: copyCookies ? cookies.copy() : new StubCookies() }),
    nest: (send, call) => followRedirects(retry(authenticate(withCookies(send, cookies), call), call), call),
    ...platform,
  }
  const session = new Session(options, whole)
  return { session, api, cookies, clock, sent: (index = 0) => present(api.calls[index]) }
}

/** Answers by path; any other path with `ok`. */
export function byPath(routes: Readonly<Record<string, Handler>>): Handler {
  return (request) => (routes[new URL(request.url).pathname] ?? (() => new Response('ok')))(request)
}

/** Answers by absolute URL; any other URL with `ok`. */
export function byUrl(routes: Readonly<Record<string, Handler>>): Handler {
  return (request) => (routes[request.url] ?? (() => new Response('ok')))(request)
}

/** Returns the responses in order, and then the last one repeatedly. */
export function inTurn(...handlers: readonly Handler[]): Handler {
  let turn = 0
  return (request) => {
    const handler = present(handlers[Math.min(turn, handlers.length - 1)])
    turn += 1
    return handler(request)
  }
}

export function redirect(location: string, status = 302, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { ...headers, Location: location } })
}

/** A prepared request that no session of interest made. */
export function prepared(
  url = 'https://api.test/',
  init: CallOptions & { method?: string } = {},
): PreparedRequest {
  const { method = 'GET', ...call } = init
  return testSession().session.prepare(method, url, call)
}

/** A response as a session returns it. */
export function ours(response: Response, request: PreparedRequest = prepared()): SessionResponse {
  return SessionResponse.from(response, request)
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => Promise.reject(new Error(`resolved to ${String(value)} instead of rejecting`)),
    (error: unknown) => error,
  )
}

/** What a function throws. */
export function thrown(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** A body that can be sent once. */
export function oneShot(text = 'once'): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })
}

/** A promise that never settles. */
export function never<T = never>(): Promise<T> {
  return new Promise<T>(() => {})
}

export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('nothing is there')
  return value
}
