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

/** The caller of the functional API, which has no session; the browser stores cookies and reuses connections. */
const page: Caller = /* @__PURE__ */ own<Caller>({
  session: null,
  platform: callPlatform,
  resolve: (url) => resolveUrl(url, pageUrl()),
  defaultsFor: () => own({ credentials: 'include' }),
  transportFor: (url) => ownTransport(callPlatform, url),
})

/**
 * Sends one request, without a session. Uses the cookies of the browser.
 *
 * @example const response = await request('REPORT', '/api/', { body: query })
 */
export const request: RequestFunction = /* @__PURE__ */ requestFor(page)

/**
 * Sends one GET request, without a session. Uses the cookies of the browser.
 *
 * @example const users = await get('/api/users', { params: { page: 2 } }).json()
 */
export const get: Verb = /* @__PURE__ */ functionalVerb('GET', request)
/**
 * Sends one HEAD request, without a session. Uses the cookies of the browser.
 *
 * @example const { headers } = await head('/api/users')
 */
export const head: Verb = /* @__PURE__ */ functionalVerb('HEAD', request)
/**
 * Sends one OPTIONS request, without a session. Uses the cookies of the browser.
 *
 * @example const { headers } = await options('/api/users')
 */
export const options: Verb = /* @__PURE__ */ functionalVerb('OPTIONS', request)
/**
 * Sends one DELETE request, without a session. Uses the cookies of the browser.
 *
 * @example await del('/api/users/1')
 */
export const del: Verb = /* @__PURE__ */ functionalVerb('DELETE', request)
/**
 * Sends one POST request, without a session. Uses the cookies of the browser.
 *
 * @example const user = await post('/api/users', { json: { name: 'Ada' } }).json()
 */
export const post: Verb = /* @__PURE__ */ functionalVerb('POST', request)
/**
 * Sends one PUT request, without a session. Uses the cookies of the browser.
 *
 * @example await put('/api/users/1', { json: { name: 'Ada' } })
 */
export const put: Verb = /* @__PURE__ */ functionalVerb('PUT', request)
/**
 * Sends one PATCH request, without a session. Uses the cookies of the browser.
 *
 * @example await patch('/api/users/1', { json: { name: 'Ada' } })
 */
export const patch: Verb = /* @__PURE__ */ functionalVerb('PATCH', request)
