import { type RequestFunction, type Verb, functionalVerb } from '@session-fetch/core/adapter'
import { PooledTransport } from '../transports/pooled-transport.js'
import { Session } from './session.js'

/**
 * One pool for all functional calls, each of which reads the environment. Idle connections never keep the process
 * alive.
 */
let shared: PooledTransport | undefined

function create(): Session {
  shared ??= new PooledTransport({ liveEnv: true })
  const session = new Session({ trustEnv: false })
  session.mount('https://', shared)
  session.mount('http://', shared)
  return session
}

/** Sends one request with its own settings and cookies, which are discarded afterwards. */
export const request: RequestFunction = (...args) => create().request(...args)

export const get: Verb = /* @__PURE__ */ functionalVerb('GET', request)
export const head: Verb = /* @__PURE__ */ functionalVerb('HEAD', request)
export const options: Verb = /* @__PURE__ */ functionalVerb('OPTIONS', request)
export const del: Verb = /* @__PURE__ */ functionalVerb('DELETE', request)
export const post: Verb = /* @__PURE__ */ functionalVerb('POST', request)
export const put: Verb = /* @__PURE__ */ functionalVerb('PUT', request)
export const patch: Verb = /* @__PURE__ */ functionalVerb('PATCH', request)
