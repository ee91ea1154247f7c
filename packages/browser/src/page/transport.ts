import { type PreparedRequest, type Transport, fetchTransport } from '@session-fetch/core'
import { explain, refuseProgress } from './checks.js'

/** The browser's own fetch. */
export const browserTransport: Transport = /* @__PURE__ */ fetchTransport((url, init) => {
  refuseProgress(init as PreparedRequest & RequestInit) // a transport is given nothing else
  return globalThis.fetch(url, init)
}, explain)
