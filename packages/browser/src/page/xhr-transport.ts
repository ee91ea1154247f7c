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

/** Members of `RequestInit` that XMLHttpRequest does not support, with their default values. */
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
 * A transport for pages that reports progress: requests with `onUploadProgress` use XMLHttpRequest, because fetch does
 * not report it, and their response body arrives in one chunk. All others use fetch; `onDownloadProgress` counts the
 * bytes that are read.
 *
 * For another origin, `onUploadProgress` makes the browser send a preflight.
 *
 * @throws UnsupportedError from a call: without XMLHttpRequest (in a service worker), and for streams
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
  for (const [name, standard] of Object.entries(FETCH_ONLY)) {
    const value = request[name as keyof typeof FETCH_ONLY]
    if (value !== undefined && value !== standard) throw unsupported(`${name} with onUploadProgress`, request)
  }
  // XMLHttpRequest always sends cookies to the page's own origin
  if (request.credentials === 'omit') throw unsupported("credentials: 'omit' with onUploadProgress", request)
}
