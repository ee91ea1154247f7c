import { type CallOptions, type ResponsePromise, type Verb, functionalVerb } from '@session-fetch/core'
import { Session } from './session.js'

const create = (): Session => new Session()

/** One request with settings of its own. Cookies are the browser's, so they are not forgotten. */
export function request(method: string, url: string | URL, init?: CallOptions): ResponsePromise {
  return create().request(method, url, init)
}

export const get: Verb = /* @__PURE__ */ functionalVerb('GET', create)
export const head: Verb = /* @__PURE__ */ functionalVerb('HEAD', create)
export const options: Verb = /* @__PURE__ */ functionalVerb('OPTIONS', create)
export const del: Verb = /* @__PURE__ */ functionalVerb('DELETE', create)
export const post: Verb = /* @__PURE__ */ functionalVerb('POST', create)
export const put: Verb = /* @__PURE__ */ functionalVerb('PUT', create)
export const patch: Verb = /* @__PURE__ */ functionalVerb('PATCH', create)
