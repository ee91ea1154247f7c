import type * as core from '@session-fetch/core'

export type Session = core.Session
export type SessionOptions = core.SessionOptions
export type SessionInit = core.CallOptions
export type Hooks = core.Hooks
export type Transport = core.Transport

type Errors = Pick<
  typeof core,
  | 'SessionError'
  | 'ConnectionError'
  | 'HookError'
  | 'HttpError'
  | 'InvalidRedirectError'
  | 'InvalidRequestError'
  | 'SessionClosedError'
  | 'TimeoutError'
  | 'TooManyRedirectsError'
  | 'UnsupportedError'
>

/** What an entry must export to be put to the contract. */
export interface Library extends Errors {
  readonly Session: new (options?: SessionOptions) => Session
  readonly get: Session['get']
  readonly post: Session['post']
}
