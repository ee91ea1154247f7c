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

/**
 * One request with settings of its own. Cookies are the browser's, so they are not forgotten.
 *
 * @example const response = await request('REPORT', '/api/', { body: query })
 */
export const request: RequestFunction = /* @__PURE__ */ requestFor(page)

/**
 * Sends one GET request, without a session. Cookies are the browser's.
 *
 * @example const users = await get('/api/users', { params: { page: 2 } }).json()
 */
export const get: Verb = /* @__PURE__ */ functionalVerb('GET', request)
/**
 * Sends one HEAD request, without a session. Cookies are the browser's.
 *
 * @example const { headers } = await head('/api/users')
 */
export const head: Verb = /* @__PURE__ */ functionalVerb('HEAD', request)
/**
 * Sends one OPTIONS request, without a session. Cookies are the browser's.
 *
 * @example const { headers } = await options('/api/users')
 */
export const options: Verb = /* @__PURE__ */ functionalVerb('OPTIONS', request)
/**
 * Sends one DELETE request, without a session. Cookies are the browser's.
 *
 * @example await del('/api/users/1')
 */
export const del: Verb = /* @__PURE__ */ functionalVerb('DELETE', request)
/**
 * Sends one POST request, without a session. Cookies are the browser's.
 *
 * @example const user = await post('/api/users', { json: { name: 'Ada' } }).json()
 */
export const post: Verb = /* @__PURE__ */ functionalVerb('POST', request)
/**
 * Sends one PUT request, without a session. Cookies are the browser's.
 *
 * @example await put('/api/users/1', { json: { name: 'Ada' } })
 */
export const put: Verb = /* @__PURE__ */ functionalVerb('PUT', request)
/**
 * Sends one PATCH request, without a session. Cookies are the browser's.
 *
 * @example await patch('/api/users/1', { json: { name: 'Ada' } })
 */
export const patch: Verb = /* @__PURE__ */ functionalVerb('PATCH', request)
