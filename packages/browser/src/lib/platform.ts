import { type Platform, authenticate, retry, systemClock, withTimeouts } from '@session-fetch/core'
import { browserCapabilities } from './capabilities.js'
import { browserCookies } from './cookies.js'
import { formDataOf } from './form-data-of.js'
import { browserTransport } from './transport.js'
import { refuseUnsupported } from './unsupported.js'

/** A browser follows redirects and keeps cookies by itself, unseen; what is left to wrap is retries and auth. */
export const browserPlatform: Platform = {
  transport: browserTransport,
  cookies: browserCookies,
  capabilities: browserCapabilities,
  /** `trustEnv` is for settings that Node shares: there is no environment to trust. */
  options: ['cookies', 'abortOnPageHide', 'trustEnv'],
  clock: systemClock,
  nest: (send, call) => retry(authenticate(withTimeouts(send, call), call), call),
  share: () => browserPlatform,
  fork: () => browserPlatform,
  check: refuseUnsupported,
  encodeMultipart: formDataOf,
  callCookies: (cookies) => Object.keys(cookies ?? {}).join(), // enough to refuse them
  bodyOf,
  pageUrl: () => globalThis.document?.baseURI ?? globalThis.location?.href ?? null,
}

/** Not every browser has `Request.body`, nor sends a stream. */
async function bodyOf(request: Request): Promise<Blob | null> {
  const blob = await request.blob()
  return blob.size > 0 ? blob : null
}
