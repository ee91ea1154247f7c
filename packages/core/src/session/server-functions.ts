/*
 * Functions of every platform with checks of their arguments, for servers. In a page, these checks would exceed the size
 * limit.
 */
import { type FetchLike, type Transport, fetchTransport as transportOver } from '../call/transport.js'
import { ConnectionError, InvalidRequestError, UnsupportedError } from '../model/errors.js'
import { checkMembers, checkNumber, optionsOf } from '../model/option-values.js'
import { redactedCause } from '../model/redact.js'
import { type RetryBudget, retryBudget as budgetOf } from '../model/retry.js'
import type { SessionOptions } from '../call/options.js'
import { type ExportOptions, type SessionExport, checkedExport, importSession as imported } from './export.js'
import { Session } from './session.js'

/**
 * Exports a session as plain data, optionally with cookies and secrets; `omitted` names the rest.
 *
 * @throws InvalidRequestError (rejects) for anything but a session, and for an unknown option
 * @example const data = await exportSession(session, { cookies: true })
 */
export async function exportSession(session: Session, options?: ExportOptions): Promise<SessionExport> {
  if (!(session instanceof Session))
    throw new InvalidRequestError(
      'exportSession takes a session: exportSession(session, { cookies, secrets })',
    )
  return checkedExport(session, options)
}

/**
 * Creates a session from exported data; `options` are merged over it, and restore what was omitted.
 *
 * @throws InvalidRequestError (rejects) for anything but the class of a session, its data and options
 * @example const session = await importSession(Session, data, { auth: ['ada', password] })
 */
export async function importSession<T extends Session>(
  type: new (options: SessionOptions) => T,
  data: SessionExport,
  options?: SessionOptions,
): Promise<T> {
  const isClass = typeof type === 'function' && (type.prototype as unknown) instanceof Session
  if (!isClass) throw new InvalidRequestError('importSession takes (Session, data, options)')
  return imported(type, data, optionsOf(options, 'options'))
}

/**
 * Creates a transport from a standard fetch.
 *
 * @param fetch Default: the global fetch, looked up at each call, so that libraries which patch it work.
 * @param explain Describes a network failure. Default: a generic message.
 * @throws InvalidRequestError for anything but functions
 * @example session.mount('https://', fetchTransport())
 */
export function fetchTransport(fetch?: FetchLike, explain?: Parameters<typeof transportOver>[1]): Transport {
  for (const given of [fetch, explain])
    if (given !== undefined && typeof given !== 'function')
      throw new InvalidRequestError('fetchTransport takes a function like fetch, or nothing')
  const transport = transportOver(fetch, explain)
  return {
    async send(request) {
      if (fetch === undefined && typeof globalThis.fetch !== 'function')
        throw new UnsupportedError('This runtime has no fetch; write fetchTransport(fetch)', { request })
      try {
        return await transport.send(request)
      } catch (error) {
        if (error instanceof ConnectionError) error.cause = redactedCause(error.cause, request.url)
        throw error
      }
    },
  }
}

/**
 * Creates a token bucket for retries, which several sessions can share. Each first attempt adds `ratio` of a retry, up to
 * `burst`.
 *
 * @param options `ratio`, the retries per first attempt over time (default: 0.1), and `burst`, the capacity and initial
 *   balance (default: 10).
 * @throws InvalidRequestError for an unknown option, or one that is not a number of 0 or more
 * @example
 * const budget = retryBudget({ ratio: 0.1 })
 * const session = new Session({ retry: { limit: 2, budget } })
 */
export function retryBudget(options?: {
  ratio?: number | undefined
  burst?: number | undefined
}): RetryBudget {
  const given = optionsOf(options, 'retryBudget() takes { ratio, burst }; its argument')
  checkMembers('retryBudget', given, ['ratio', 'burst'])
  for (const [name, value] of Object.entries(given))
    if (value !== undefined) checkNumber(`retryBudget.${name}`, value, 'a number of 0 or more', isAmount)
  return budgetOf(given)
}

function isAmount(amount: number): boolean {
  return amount >= 0
}
