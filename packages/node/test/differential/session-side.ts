import type { Agent } from 'node:http'
import { digest } from '@session-fetch/core/digest'
import { type CallOptions, type ResponsePromise, Session, TooManyRedirectsError } from '@session-fetch/node'
import { type Call, NOT_A_NUMBER, type Step } from './call.js'
import type { Outcome, StepOutcome } from './outcome.js'

/** Makes a call with a session of ours, which may have an agent. */
export async function runWithSession(call: Call, home: string, agent?: Agent): Promise<Outcome> {
  const { cookies = {}, digest: pair, ...options } = call.session ?? {}
  const session = new Session({ ...options, agent })
  if (pair) session.auth = digest(...pair)
  try {
    for (const [name, value] of Object.entries(cookies)) await session.cookies.set({ name, value, url: home })
    const steps: StepOutcome[] = []
    for (const step of call.steps) steps.push(await result(session, step))
    const { cookies: stored } = await session.cookies.jar.serialize()
    return {
      steps,
      cookies: stored.map(({ key, value, domain, path }) => [
        String(key),
        String(value),
        String(domain),
        String(path),
      ]),
    }
  } finally {
    await session.close()
  }
}

async function result(session: Session, step: Step): Promise<StepOutcome> {
  try {
    const response = await send(session, step)
    if (step.use === 'raiseForStatus') response.raiseForStatus()
    const text: unknown = step.use === 'json' ? await response.json() : await response.text()
    const history = response.history.map(({ status, url }): [number, string] => [status, url])
    return { status: response.status, url: response.url, history, text }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const history = error instanceof TooManyRedirectsError ? error.response?.history.length : undefined
    return { error: error.name, ...(history !== undefined && { history }) }
  }
}

function send(session: Session, step: Step): ResponsePromise {
  const { method = 'GET', url } = step
  const verb = step.verb && method.toLowerCase()
  if (verb === 'head' || verb === 'get') return session[verb](url, options(step))
  return session.request(method, url, options(step))
}

/** The step without members that are not options of a session; the others already have the same names. */
function options({
  method: _m,
  url: _u,
  verb: _v,
  use: _t,
  text,
  bytes,
  stream,
  ...step
}: Step): CallOptions {
  const init = step as CallOptions
  if (step.json === NOT_A_NUMBER) init.json = Number.NaN
  if (text !== undefined) init.body = text
  if (bytes !== undefined) init.body = new Uint8Array(Buffer.from(bytes, 'base64'))
  if (stream !== undefined) init.body = chunks(stream)
  if (step.multipart) init.multipart = step.multipart.map(({ name, ...part }) => [name, part])
  return init
}

async function* chunks(texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text)
}
