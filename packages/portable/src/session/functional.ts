import { type RequestFunction, type Verb, functionalVerb } from '@session-fetch/core/adapter'
import { Session } from './session.js'

/** Sends one request with its own settings and cookies, which are discarded afterwards. */
export const request: RequestFunction = (...args) => new Session().request(...args)

export const get: Verb = /* @__PURE__ */ functionalVerb('GET', request)
export const head: Verb = /* @__PURE__ */ functionalVerb('HEAD', request)
export const options: Verb = /* @__PURE__ */ functionalVerb('OPTIONS', request)
export const del: Verb = /* @__PURE__ */ functionalVerb('DELETE', request)
export const post: Verb = /* @__PURE__ */ functionalVerb('POST', request)
export const put: Verb = /* @__PURE__ */ functionalVerb('PUT', request)
export const patch: Verb = /* @__PURE__ */ functionalVerb('PATCH', request)
