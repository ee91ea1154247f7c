import { JarCookies } from '@session-fetch/cookies'
import type { Send } from '@session-fetch/core'
import {
  Cancellation,
  type Clock,
  InFlight,
  type Platform,
  authenticate,
  checkAnswer,
  checkInit,
  serverChecks,
  cookiePairs,
  encodeMultipart,
  followRedirects,
  own,
  refuseFraming,
  replayableBody,
  retry,
  systemClock,
  unshared,
  whenDone,
  withCookies,
  withDownloadProgress,
} from '@session-fetch/core/adapter'
import manifest from '../../package.json' with { type: 'json' }
import { assertReadable } from '../fetch/outgoing-body.js'
import { platformTransport } from '../fetch/transport.js'
import { PORTABLE_OPTIONS, portableCapabilities, refuseUnsupported } from './capabilities.js'

/** The default headers. They are `Accept` and `User-Agent`, which may go to any origin; the platform adds its codings. */
const HEADERS: Headers = /* @__PURE__ */ new Headers([
  ['Accept', '*/*'],
  ['User-Agent', `session-fetch/${manifest.version}`],
])

/** Timers without `holds` do not keep a process alive. */
const clock: Clock = /* @__PURE__ */ own<Clock>({
  ...systemClock,
  after(ms, fire, holds) {
    const timer: unknown = setTimeout(fire, ms) // a number, except in Node and Bun
    if (!holds) (timer as { unref?: () => unknown }).unref?.()
    return () => clearTimeout(timer as number)
  },
})

/** The platform of a portable session. */
export type PortablePlatform = Platform & { readonly cookies: JarCookies }

/** The session handles redirects, cookies, auth and retries, over a fetch that exposes redirects and `Set-Cookie`. */
export function portablePlatform(cookies: JarCookies): PortablePlatform {
  return {
    transport: platformTransport,
    cookies,
    share: () => portablePlatform(new JarCookies(cookies)),
    fork: (copyCookies) => portablePlatform(copyCookies ? cookies.copy() : new JarCookies()),
    capabilities: portableCapabilities,
    clock,
    stop: Cancellation.make,
    whenDone,
    calls: () => new InFlight(),
    headers: HEADERS,
    options: PORTABLE_OPTIONS,
    checks: serverChecks,
    check(request) {
      refuseFraming(request)
      checkInit(request)
      refuseUnsupported(request)
      assertReadable(request)
      request.body = unshared(request.body) // a mounted fetch may send something else
    },
    returned: checkAnswer,
    multipart: encodeMultipart,
    callCookies: cookiePairs,
    bodyOf: replayableBody,
    nest: (send, call) => {
      const bare = withCookies(send, cookies)
      const signed = authenticate(bare, call)
      const attempt: Send = (request) => (request.credentials === 'omit' ? bare : signed)(request)
      return withDownloadProgress(followRedirects(retry(attempt, call), call), call)
    },
  }
}
