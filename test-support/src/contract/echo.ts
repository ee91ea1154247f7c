import type { Session, SessionInit } from './library.js'

/** What the server saw of one request. */
export interface Echo {
  method: string
  /** The request target as it stood on the wire. */
  target: string
  path: string
  query: [string, string][]
  /** By lower-case name. */
  headers: Record<string, string>
  body: string
}

/** Sends a GET and resolves with the request that the server received. */
export function echoed(session: Session, url: string, init?: SessionInit): Promise<Echo> {
  return session.get(url, init).json<Echo>()
}

/** Sends a POST and resolves with the request that the server received. */
export function echoedPost(session: Session, url: string, init?: SessionInit): Promise<Echo> {
  return session.post(url, init).json<Echo>()
}
