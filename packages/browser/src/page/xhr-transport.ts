import {
  InvalidRequestError,
  type PreparedRequest,
  type Send,
  SessionResponse,
  type Transport,
  fetchTransport,
} from '@session-fetch/core'
import { isReplayable, withDownloadProgress } from '@session-fetch/core/adapter'
import { unsupported } from './capabilities.js'
import { explain } from './checks.js'
import { XhrExchange } from './xhr-exchange.js'

const viaFetch = /* @__PURE__ */ fetchTransport(undefined, explain)

/** What an XMLHttpRequest cannot be told, and what a request has where nothing was said. */
const FETCH_ONLY = {
  cache: 'default',
  integrity: '',
  keepalive: false,
  mode: 'cors',
  redirect: 'follow',
  referrer: 'about:client',
  referrerPolicy: '',
} as const

/**
 * A transport for pages that tells of progress: requests with `onUploadProgress` go by XMLHttpRequest, since fetch
 * cannot tell, and the body of their response comes in one piece. All others go by fetch, which counts what is read
 * for `onDownloadProgress`.
 *
 * To another origin, `onUploadProgress` makes the browser ask first (a preflight).
 *
 * @throws UnsupportedError from a call: where there is no XMLHttpRequest (a service worker), and for streams
 * @example session.mount('https://api.test/', xhrTransport())
 */
export function xhrTransport(): Transport {
  return {
    async send(request) {
      if (request.onUploadProgress) return sendByXhr(request)
      return withDownloadProgress(sendByFetch, request)(request)
    },
  }
}

const sendByFetch: Send = async (request) => SessionResponse.from(await viaFetch.send(request), request)

function sendByXhr(request: PreparedRequest): Promise<SessionResponse> {
  const { onUploadProgress, onDownloadProgress } = request
  if ([onUploadProgress, onDownloadProgress ?? onUploadProgress].some((it) => typeof it !== 'function'))
    throw new InvalidRequestError('A progress listener must be a function', { request })
  const { XMLHttpRequest } = globalThis
  if (!XMLHttpRequest) throw unsupported('onUploadProgress in a service worker', request)
  if (!isReplayable(request.body)) throw unsupported('onUploadProgress for a stream', request)
  if (request.settings.unsupported !== 'ignore') refuseFetchOnly(request)
  return new XhrExchange(request, new XMLHttpRequest()).response
}

function refuseFetchOnly(request: PreparedRequest): void {
  for (const [name, usual] of Object.entries(FETCH_ONLY)) {
    const value = request[name as keyof typeof FETCH_ONLY]
    if (value !== undefined && value !== usual) throw unsupported(`${name} with onUploadProgress`, request)
  }
  // It has two ways only: cookies to every origin, or to its own.
  if (request.credentials === 'omit') throw unsupported("credentials: 'omit' with onUploadProgress", request)
}
