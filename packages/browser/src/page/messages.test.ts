import { exportSession, importSession } from '@session-fetch/core'
import { csrf } from '@session-fetch/core/csrf'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BrowserRequest } from '../../test/browser-request.js'
import { documentCookies } from './document-cookies.js'
import { explainCors } from './explain-cors.js'
import * as functional from './functional.js'
import { Session } from './session.js'
import { xhrTransport } from './xhr-transport.js'

const HOME = 'https://page.test'
const OTHER = 'https://api.test/x'

/** As plain JavaScript has it: nothing is typed. */
const loose = (value: unknown): never => value as never
const made = (options: object = {}): Session => new Session(options)
const post = (init: object): unknown => made().post(OTHER, init)
const stream = (): ReadableStream => new Blob(['a']).stream()

/** A `Request` of an engine that would send a stream as text. */
class Streamless {
  readonly headers: Headers

  constructor(_url: string, { headers }: { headers: Headers }) {
    this.headers = headers
  }
}

/** A document that keeps no cookie, as one whose visitor blocks them. */
const deaf = {
  get cookie(): string {
    return ''
  },
  set cookie(_text: string) {},
}

/** The result of a request over XMLHttpRequest, by the names of its events. */
class Played extends EventTarget {
  static failsAfterHeaders = false
  static status = 200
  readonly HEADERS_RECEIVED = 2
  readonly upload = new EventTarget()
  readyState = 0
  status = Played.status
  statusText = ''
  open(): void {}
  setRequestHeader(): void {}
  abort(): void {}
  getAllResponseHeaders(): string {
    return ''
  }
  send(): void {
    queueMicrotask(() => {
      if (Played.failsAfterHeaders) {
        this.readyState = this.HEADERS_RECEIVED
        this.dispatchEvent(new Event('readystatechange'))
      }
      this.dispatchEvent(new Event('error'))
    })
  }
}

/** Over XMLHttpRequest, with a listener. */
function uploading(init: object = {}, url = OTHER): Promise<Response> {
  const session = made({ credentials: 'same-origin' })
  session.mount('https://', xhrTransport())
  return session.put(url, { body: 'a', onUploadProgress: () => {}, ...init })
}

const upload = async (...given: Parameters<typeof uploading>): Promise<string> =>
  (await uploading(...given)).text()

function explained(init: object, url = OTHER): unknown {
  return made({ hooks: { error: explainCors }, credentials: 'same-origin' }).get(url, init)
}

const ofCalls: [string, () => unknown, string][] = [
  [
    'an option that only Node has',
    () => made({ proxy: 'http://proxy.test' }),
    'proxy: not in a browser, see docs/capabilities.md',
  ],
  [
    'cookies of a call',
    () => post({ cookies: { a: '1' } }),
    `cookies: not in a browser, see docs/capabilities.md: POST ${OTHER}`,
  ],
  [
    'progress over fetch',
    () => post({ onDownloadProgress: () => {} }),
    `progress without xhrTransport(): not in a browser, see docs/capabilities.md: POST ${OTHER}`,
  ],
  [
    'a stream, where the engine sends none',
    () => {
      vi.stubGlobal('Request', Streamless)
      return post({ body: stream() })
    },
    `body: a stream: not in a browser, see docs/capabilities.md: POST ${OTHER}`,
  ],
  [
    'a part with a name of its own',
    () => post({ multipart: { a: { content: 'a', filename: 'b' } } }),
    'multipart: pass this part in body: multipart({ … })',
  ],
  [
    'links as a member',
    async () => {
      vi.resetModules() // another platform's session may have run in this worker, whose responses have links
      const { Session } = await import('./session.js')
      return (await new Session().get(OTHER)).links
    },
    "links: in a browser, use links(response) of 'session-fetch/links'",
  ],
  [
    'cookies to export',
    () => exportSession(made(), { cookies: true }),
    'cookies: a page cannot export them; the browser keeps them',
  ],
  [
    'cookies to import',
    () => importSession(Session, { version: 1, settings: {}, omitted: [], cookies: {} }),
    'cookies: a page cannot import them; the browser keeps them',
  ],
  [
    'an HttpOnly cookie',
    () => {
      vi.stubGlobal('cookieStore', {})
      return made().cookies.set(loose({ name: 'a', value: '1', httpOnly: true }))
    },
    "HttpOnly or another origin's cookies: not in a browser, see docs/capabilities.md",
  ],
  [
    'cookies without a CookieStore',
    () => made().cookies.get('a'),
    'cookies without https or documentCookies(): not in a browser, see docs/capabilities.md',
  ],
  [
    'a refused connection, of another origin',
    () => failing().get(OTHER, { credentials: 'same-origin' }),
    `No response, or blocked by CORS; see explainCors: GET ${OTHER}`,
  ],
  [
    'the same with credentials',
    () => failing().get(OTHER, { credentials: 'include' }),
    `No response, or blocked by CORS with credentials: 'include' (try 'same-origin'); see explainCors: GET ${OTHER}`,
  ],
  ['a refused connection, of its own origin', () => failing().get(`${HOME}/x`), `No response: GET ${HOME}/x`],
]

function failing(): Session {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  return made()
}

const ofUploads: [string, () => unknown, string][] = [
  [
    'a listener that is none',
    () => upload({ onUploadProgress: 'yes' }),
    `A progress listener must be a function: PUT ${OTHER}`,
  ],
  [
    'a stream',
    () => upload({ body: stream() }),
    `onUploadProgress for a stream: not in a browser, see docs/capabilities.md: PUT ${OTHER}`,
  ],
  [
    'no cache',
    () => upload({ cache: 'no-store' }),
    `cache with onUploadProgress: not in a browser, see docs/capabilities.md: PUT ${OTHER}`,
  ],
  [
    'no credentials',
    () => upload({ credentials: 'omit' }),
    `credentials: 'omit' with onUploadProgress: not in a browser, see docs/capabilities.md: PUT ${OTHER}`,
  ],
  [
    'a service worker',
    () => {
      vi.stubGlobal('XMLHttpRequest', undefined)
      return upload()
    },
    `onUploadProgress in a service worker: not in a browser, see docs/capabilities.md: PUT ${OTHER}`,
  ],
  ['a connection that is refused', () => upload({}, `${HOME}/x`), `No response: PUT ${HOME}/x`],
  [
    'a connection that is lost',
    () => {
      Played.failsAfterHeaders = true
      return upload()
    },
    `The body ended early: PUT ${OTHER}`,
  ],
  [
    'the same for a reader of the stream',
    async () => {
      Played.failsAfterHeaders = true
      return (await uploading()).body?.getReader().read()
    },
    'The connection failed',
  ],
  [
    'a status that a Response cannot have',
    () => {
      Object.assign(Played, { failsAfterHeaders: true, status: 700 })
      return upload()
    },
    `The server answered with status 700: PUT ${OTHER}`,
  ],
]

const ofCookies: [string, () => unknown, string][] = [
  [
    'a value of two lines',
    () => documentCookies().set('a', 'b\nc'),
    'cookies: value is not valid in a cookie',
  ],
  [
    'a name with a semicolon',
    () => documentCookies().set('a;b', 'c'),
    'cookies: name is not valid in a cookie',
  ],
  [
    'a value that ends in a space',
    () => documentCookies().set('a', 'b '),
    'cookies: this name and value would be ambiguous in document.cookie',
  ],
  [
    'a browser that blocks them',
    () => documentCookies().set('a', 'b'),
    'cookies.set: the browser rejected this cookie; check its domain, secure and sameSite',
  ],
  [
    'a worker',
    () => {
      vi.stubGlobal('document', undefined)
      return documentCookies().get('a')
    },
    'cookies: there is no document; in a worker, use the CookieStore',
  ],
  [
    'changes of document.cookie',
    () => documentCookies().addEventListener('change', () => {}),
    'cookies: document.cookie has no change events; the CookieStore does',
  ],
  [
    'a csrf cookie without a store',
    () => {
      vi.stubGlobal('document', undefined)
      return functional.post(`${HOME}/x`, { csrf: csrf({ cookie: 'a', header: 'X-T' }) })
    },
    'csrf.cookie: there is no CookieStore; pass a `token` function',
  ],
]

const ofCors: [string, () => unknown, string][] = [
  [
    'a page that is offline',
    () => {
      vi.stubGlobal('navigator', { onLine: false })
      return explained({})
    },
    `The browser is offline: GET ${OTHER}`,
  ],
  [
    'a URL of http',
    () => explained({}, 'http://api.test/x'),
    'A page loaded over https cannot request an http URL (mixed content): GET http://api.test/x',
  ],
  [
    'same-origin for another origin',
    () => explained({ mode: 'same-origin' }),
    `mode: 'same-origin' does not allow requests to other origins: GET ${OTHER}`,
  ],
  [
    'a server without CORS',
    () => explained({}),
    `The server is unreachable, or its CORS headers do not allow requests from this page; it must answer with Access-Control-Allow-Origin: ${HOME}, or *: GET ${OTHER}`,
  ],
]

beforeEach(() => {
  Object.assign(Played, { failsAfterHeaders: false, status: 200 })
  vi.stubGlobal('Request', BrowserRequest)
  vi.stubGlobal('XMLHttpRequest', Played)
  vi.stubGlobal('location', new URL(HOME))
  vi.stubGlobal('document', deaf)
  vi.stubGlobal('navigator', { onLine: true })
})
afterEach(() => vi.unstubAllGlobals())

describe.each<[string, typeof ofCalls, () => Promise<Response>]>([
  ['in a page', ofCalls, async () => new Response('ok')],
  ['for uploads with progress', ofUploads, async () => new Response('ok')],
  ['for cookies of the document', ofCookies, async () => new Response('ok')],
  ['of explainCors', ofCors, () => Promise.reject(new TypeError('Failed to fetch'))],
])('SessionError.message, %s, of', (_where, causes, fetch) => {
  it.each(causes)('%s', async (_cause, make, message) => {
    vi.stubGlobal('fetch', fetch)
    const error: unknown = await Promise.resolve()
      .then(make)
      .then(
        () => expect.unreachable('nothing failed'),
        (reason: unknown) => reason,
      )
    expect(error).toBeInstanceOf(Error)
    expect((error as Error).message).toBe(message)
  })
})
