import {
  type MultipartSource,
  type PreparedRequest,
  type Transport,
  UnsupportedError,
  fetchTransport,
} from '@session-fetch/core'
import {
  type CallPlatform,
  type EncodedBody,
  type Platform,
  type Stop,
  authenticate,
  entriesOf,
  nativeCallGroup,
  nativeStop,
  own,
  retry,
  systemClock,
} from '@session-fetch/core/adapter'
import { browserCapabilities, refuseStream } from './capabilities.js'
import {
  callCookies,
  ofCalls,
  ofSessions,
  explain,
  options,
  refuseProgress,
  refuseUnsupported,
} from './checks.js'
import type { BrowserCookies } from './cookies.js'

/** The browser's own fetch. */
export const browserTransport: Transport = /* @__PURE__ */ fetchTransport((url, init) => {
  refuseProgress(init as PreparedRequest & RequestInit) // fetchTransport() passes a copy of the request
  return globalThis.fetch(url, init)
}, explain)

/** A browser follows redirects and stores cookies itself; only retries and auth are layers of the session. */
export const callPlatform: CallPlatform = /* @__PURE__ */ own<CallPlatform>({
  transport: browserTransport,
  clock: systemClock,
  stop: nativeStop,
  nest: (send, call) => retry(authenticate(send, call), call),
  checks: ofCalls,
  check(request) {
    refuseStream(request)
    refuseUnsupported(request)
  },
  multipart: formDataOf,
  callCookies,
})

/** The base of relative URLs: the page, or the script of a worker. */
export function pageUrl(): string | null {
  return globalThis.document?.baseURI ?? globalThis.location?.href ?? null
}

/** @param cookies The value of `session.cookies`. */
export function browserPlatform(cookies: BrowserCookies): Platform {
  const platform: Platform = {
    ...callPlatform,
    checks: ofSessions,
    cookies,
    capabilities: browserCapabilities,
    options,
    calls: nativeCallGroup,
    share: () => platform,
    fork: () => platform,
    bodyOf,
    pageUrl,
  }
  return platform
}

/** Reads the whole body, because not every browser has `Request.body` and sends streams. */
async function bodyOf(request: Request, { aborted, reason }: Stop): Promise<Blob | null> {
  if (aborted) await request.body?.cancel(reason)
  const blob = await request.blob()
  return blob.size > 0 ? blob : null
}

/**
 * Text and files as the browser's own `FormData`.
 *
 * @throws UnsupportedError for a part with its own file name or headers, which needs `body: multipart(…)`
 */
function formDataOf(parts: MultipartSource): EncodedBody {
  const body = new FormData()
  for (const [name, value] of entriesOf<unknown>('multipart', parts)) {
    for (const part of [value].flat()) {
      if (part === null || part === undefined) continue
      if (Object(part) === part && !(part instanceof Blob))
        throw new UnsupportedError('multipart: pass this part in body: multipart({ … })')
      body.append(name, part as string | Blob) // converts numbers to text
    }
  }
  return { body, contentType: null }
}
