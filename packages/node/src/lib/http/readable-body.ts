import type { Readable } from 'node:stream'
import { type PreparedRequest, TruncatedError } from '@session-fetch/core'
import { asError } from '../as-error.js'
import { IncomingBody } from './incoming-body.js'
import { networkError } from '../network/network-error.js'

/** A Node stream as a body, and what makes it fail from outside. */
export interface ReadableBody {
  readonly incoming: IncomingBody
  readonly fail: (cause: unknown) => void
}

/** Takes a body from a Node stream: an `http` message, or what a library puts in its place. */
export function readableBody(body: Readable, request: PreparedRequest, limit: number): ReadableBody {
  const abort = (reason: Error): void => void body.destroy(reason)
  const source = { pause: () => body.pause(), resume: () => body.resume(), abort }
  const incoming = new IncomingBody(source, request, limit)
  const { cancellation } = request
  const fail = (cause: unknown): void =>
    incoming.fail(cancellation.aborted ? cancellation.reason : networkError(cause, request, 'body'))
  const cutOff = (): void =>
    fail(new TruncatedError('The connection was lost in mid-body', { request, phase: 'body' }))
  body.on('data', (chunk: Buffer) => incoming.push(chunk))
  body.on('end', () => incoming.end())
  body.on('error', fail)
  body.on('close', cutOff)
  if (body.destroyed) cutOff()
  cancellation.onAbort((reason) => {
    incoming.stop(reason)
    body.destroy(asError(reason))
  })
  return { incoming, fail }
}
