import {
  InvalidRequestError,
  type PreparedRequest,
  type SessionOptions,
  type SharedOptions,
} from '@session-fetch/core'
import { type Checks, checkInit, own, serverChecks } from '@session-fetch/core/adapter'
import { checkResponseSize } from '../bodies/limits.js'

/** The checks of a session in Node: those of every server, and those that a Worker's size leaves no room for. */
export const nodeChecks: Checks = /* @__PURE__ */ Object.assign(
  /* @__PURE__ */ own<object>({}),
  serverChecks,
  {
    sessionOptions(options, platform) {
      serverChecks.sessionOptions(options, platform)
      nodeChecks.settings(options as SessionOptions)
      // both read members of `RequestInit` alone, and the limit
      checkInit(options as PreparedRequest)
      checkResponseSize(options as PreparedRequest)
    },
    callOptions(call, platform) {
      serverChecks.callOptions(call, platform)
      // a falsy value would count as none
      if (call.hooks !== undefined && call.hooks !== null && !call.hooks)
        throw new InvalidRequestError('hooks must be an object')
    },
    settings(settings) {
      serverChecks.settings(settings)
      checkKinds(settings)
    },
    mount(prefix, transport) {
      checkPrefix(prefix)
      serverChecks.mount(prefix, transport)
      const { close } = transport as { close?: unknown }
      if (!isFunctionOrNone(close)) throw new InvalidRequestError('`close` of a transport must be a function')
    },
    prepared(request) {
      serverChecks.prepared(request)
      checkEdited(request as PreparedRequest)
    },
  } satisfies Partial<Checks>,
)

/** @throws InvalidRequestError for a setting of the wrong type, which would pass as none or as another */
function checkKinds(settings: SharedOptions): void {
  const { csrf, throwHttpErrors, integrity, onUploadProgress, onDownloadProgress } = settings
  if (!isFunctionOrNone(csrf)) throw new InvalidRequestError('csrf must be a function')
  const how = typeof (throwHttpErrors ?? false)
  if (how !== 'boolean' && how !== 'function')
    throw new InvalidRequestError('throwHttpErrors must be true, false or a function')
  if (typeof (integrity ?? '') !== 'string')
    throw new InvalidRequestError("integrity must be text, such as 'sha256-…'")
  if (!isFunctionOrNone(onUploadProgress) || !isFunctionOrNone(onDownloadProgress))
    throw new InvalidRequestError('A progress listener must be a function')
}

function isFunctionOrNone(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'function'
}

/** @throws InvalidRequestError for a prefix that is not a string, or has parts that are not compared */
function checkPrefix(prefix: unknown): void {
  if (typeof prefix !== 'string')
    throw new InvalidRequestError(
      "mount() takes a URL prefix as a string, and a transport, as in mount('https://api.test', transport)",
    )
  if (/[?#]|^[^/]*\/\/[^/]*@/.test(prefix))
    throw new InvalidRequestError('mount() takes a prefix without credentials, query and fragment')
}

/**
 * Whether a request has an option of a call that is not a member of a request. Written out, because it is checked for
 * each call with a hook, and a loop takes 0.6 µs.
 */
function hasOptionOfCall(request: PreparedRequest): boolean {
  return (
    'json' in request ||
    'form' in request ||
    'multipart' in request ||
    'params' in request ||
    'retry' in request ||
    'auth' in request ||
    'cookies' in request ||
    'hooks' in request ||
    'data' in request
  )
}

/**
 * Checks what a hook or a caller may have assigned to a request.
 *
 * @throws InvalidRequestError for a member of the wrong type, and for an option that only a call has
 */
export function checkEdited(request: PreparedRequest): void {
  if (typeof request.url !== 'string')
    throw new InvalidRequestError('The url of a request must be a string; write request.url = url.href')
  if (typeof (request.headers as Headers | null | undefined)?.forEach !== 'function')
    throw new InvalidRequestError(
      'The headers of a request must be Headers; write request.headers.set(name, value)',
    )
  if (hasOptionOfCall(request))
    throw new InvalidRequestError(
      'A request has no options such as json; give them to prepare() or the call, or edit url and body',
    )
}
