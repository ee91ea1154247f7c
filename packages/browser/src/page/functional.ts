import {
  type Caller,
  type RequestFunction,
  type Verb,
  functionalVerb,
  own,
  ownTransport,
  requestFor,
  resolveUrl,
} from '@session-fetch/core/adapter'
import { callPlatform, pageUrl } from './platform.js'

/** A call without a session: a browser keeps cookies and connections all the same. */
const page: Caller = /* @__PURE__ */ own<Caller>({
  session: null,
  platform: callPlatform,
  resolve: (url) => resolveUrl(url, pageUrl()),
  defaultsFor: () => own({ credentials: 'include' }),
  transportFor: (url) => ownTransport(callPlatform, url),
})

/** One request with settings of its own. Cookies are the browser's, so they are not forgotten. */
export const request: RequestFunction = /* @__PURE__ */ requestFor(page)

export const get: Verb = /* @__PURE__ */ functionalVerb('GET', request)
export const head: Verb = /* @__PURE__ */ functionalVerb('HEAD', request)
export const options: Verb = /* @__PURE__ */ functionalVerb('OPTIONS', request)
export const del: Verb = /* @__PURE__ */ functionalVerb('DELETE', request)
export const post: Verb = /* @__PURE__ */ functionalVerb('POST', request)
export const put: Verb = /* @__PURE__ */ functionalVerb('PUT', request)
export const patch: Verb = /* @__PURE__ */ functionalVerb('PATCH', request)
