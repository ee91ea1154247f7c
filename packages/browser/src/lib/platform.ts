import { type Platform, authenticate, retry, systemClock, withTimeouts } from '@session-fetch/core'
import { browserCookies } from './cookies.js'
import { browserTransport } from './transport.js'
import { refuseUnsupported } from './unsupported.js'

/** A browser follows redirects and keeps cookies by itself, unseen; what is left to wrap is retries and auth. */
export const browserPlatform: Platform = {
  transport: browserTransport,
  cookies: browserCookies,
  clock: systemClock,
  nest: (send, call) => retry(authenticate(withTimeouts(send, call), call), call),
  share: () => browserPlatform,
  fork: () => browserPlatform,
  check: refuseUnsupported,
  pageUrl: () => globalThis.document?.baseURI ?? globalThis.location?.href ?? null,
}
