import { type RequestFunction, type Verb, functionalVerb } from '@session-fetch/core/adapter'
import { Session } from './session.js'

/** Sends one request with its own settings and cookies, which are discarded afterwards. */
export const request: RequestFunction = (...args) => new Session().request(...args)

/** Sends one GET request, without a session: its cookies are discarded afterwards. */
export const get: Verb = /* @__PURE__ */ functionalVerb('GET', request)
/** Sends one HEAD request, without a session: its cookies are discarded afterwards. */
export const head: Verb = /* @__PURE__ */ functionalVerb('HEAD', request)
/** Sends one OPTIONS request, without a session: its cookies are discarded afterwards. */
export const options: Verb = /* @__PURE__ */ functionalVerb('OPTIONS', request)
/** Sends one DELETE request, without a session: its cookies are discarded afterwards. */
export const del: Verb = /* @__PURE__ */ functionalVerb('DELETE', request)
/** Sends one POST request, without a session: its cookies are discarded afterwards. */
export const post: Verb = /* @__PURE__ */ functionalVerb('POST', request)
/** Sends one PUT request, without a session: its cookies are discarded afterwards. */
export const put: Verb = /* @__PURE__ */ functionalVerb('PUT', request)
/** Sends one PATCH request, without a session: its cookies are discarded afterwards. */
export const patch: Verb = /* @__PURE__ */ functionalVerb('PATCH', request)
