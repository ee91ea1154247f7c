import { type PreparedRequest, type Transport, fetchTransport } from '@session-fetch/core'
import { unsupported } from './capabilities.js'

/** The browser's own fetch. */
export const browserTransport: Transport = /* @__PURE__ */ fetchTransport((url, init) => {
  const request = init as PreparedRequest & RequestInit // a transport is given nothing else
  if ((request.onUploadProgress ?? request.onDownloadProgress) && request.settings.unsupported !== 'ignore')
    throw unsupported('progress without xhrTransport()', request)
  return globalThis.fetch(url, request)
}, explain)

/** A failure that CORS may explain says so, for a page is never told which it was; `explainCors` says more. */
export function explain({ url, credentials }: PreparedRequest): string | undefined {
  if (url.startsWith(`${globalThis.location?.origin}/`)) return undefined
  const include = credentials === 'include' ? " with credentials: 'include' (try 'same-origin')" : ''
  return `No answer came, or CORS forbids it${include}; explainCors says more`
}
