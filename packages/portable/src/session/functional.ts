import { type RequestFunction, type Verb, functionalVerb } from '@session-fetch/core/adapter'
import { Session } from './session.js'

/**
 * Sends one request with its own settings and cookies, which are discarded afterwards.
 *
 * @example const response = await request('REPORT', 'https://dav.example/', { body: query })
 */
export const request: RequestFunction = (...args) => new Session().request(...args)

/**
 * Sends one GET request, without a session: the cookies are discarded afterwards.
 *
 * @example const users = await get('https://api.example/users', { params: { page: 2 } }).json()
 */
export const get: Verb = /* @__PURE__ */ functionalVerb('GET', request)
/**
 * Sends one HEAD request, without a session: the cookies are discarded afterwards.
 *
 * @example const { headers } = await head('https://api.example/users')
 */
export const head: Verb = /* @__PURE__ */ functionalVerb('HEAD', request)
/**
 * Sends one OPTIONS request, without a session: the cookies are discarded afterwards.
 *
 * @example const { headers } = await options('https://api.example/users')
 */
export const options: Verb = /* @__PURE__ */ functionalVerb('OPTIONS', request)
/**
 * Sends one DELETE request, without a session: the cookies are discarded afterwards.
 *
 * @example await del('https://api.example/users/1')
 */
export const del: Verb = /* @__PURE__ */ functionalVerb('DELETE', request)
/**
 * Sends one POST request, without a session: the cookies are discarded afterwards.
 *
 * @example const user = await post('https://api.example/users', { json: { name: 'Ada' } }).json()
 */
export const post: Verb = /* @__PURE__ */ functionalVerb('POST', request)
/**
 * Sends one PUT request, without a session: the cookies are discarded afterwards.
 *
 * @example await put('https://api.example/users/1', { json: { name: 'Ada' } })
 */
export const put: Verb = /* @__PURE__ */ functionalVerb('PUT', request)
/**
 * Sends one PATCH request, without a session: the cookies are discarded afterwards.
 *
 * @example await patch('https://api.example/users/1', { json: { name: 'Ada' } })
 */
export const patch: Verb = /* @__PURE__ */ functionalVerb('PATCH', request)
