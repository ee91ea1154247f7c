import type { Outcome, StepOutcome } from './outcome.js'
import type { Recorded } from './recording-server.js'

/** What one side of the comparison did. */
export interface Side {
  sent: Recorded[]
  got: Outcome
}

/** Errors of requests, and those of ours that say the same. */
const SAME_ERROR: Record<string, readonly string[]> = {
  MissingSchema: ['InvalidRequestError'],
  InvalidSchema: ['InvalidRequestError', 'InvalidRedirectError'],
  InvalidURL: ['InvalidRequestError', 'InvalidRedirectError'],
  InvalidHeader: ['InvalidRequestError'],
  InvalidJSONError: ['InvalidRequestError'],
  UnicodeEncodeError: ['InvalidRequestError'],
  ValueError: ['InvalidRequestError'],
  ConnectionError: ['ConnectionError', 'DnsError', 'TlsError'],
  ConnectTimeout: ['TimeoutError'],
  ReadTimeout: ['TimeoutError'],
  ChunkedEncodingError: ['TruncatedError'],
  ContentDecodingError: ['DecodeError'],
  JSONDecodeError: ['DecodeError'],
  HTTPError: ['HttpError'],
  TooManyRedirects: ['TooManyRedirectsError'],
}

/**
 * The fields in which two sides differ, each with both values. A request that one side alone sent counts in
 * `requests sent`; an answer that is an error on one side alone is one field, such as `answer 1`.
 */
export function differences(
  requests: Side,
  session: Side,
): Map<string, [requests: unknown, session: unknown]> {
  const [theirs, ours] = comparable(requests, session)
  const found = new Map<string, [unknown, unknown]>()
  requests.got.steps.forEach((step, at) => {
    const own = session.got.steps[at]
    if (own && 'error' in step !== 'error' in own) found.set(`answer ${at + 1}`, [ending(step), ending(own)])
  })
  for (const field of new Set([...theirs.keys(), ...ours.keys()])) {
    const pair: [unknown, unknown] = [theirs.get(field), ours.get(field)]
    if (!isSame(pair)) found.set(field, pair)
  }
  return found
}

function comparable(requests: Side, session: Side): [Map<string, unknown>, Map<string, unknown>] {
  const both = Math.min(requests.sent.length, session.sent.length)
  const unlike = requests.got.steps.map(
    (step, at) => 'error' in step !== 'error' in (session.got.steps[at] ?? {}),
  )
  const isComparable = (field: string): boolean => {
    const [, kind, number] = /^(request|answer) (\d+)/.exec(field) ?? []
    return kind === 'request' ? Number(number) <= both : kind !== 'answer' || !unlike[Number(number) - 1]
  }
  const kept = (side: Side): Map<string, unknown> =>
    new Map([...fields(side)].filter(([field]) => isComparable(field)))
  return [kept(requests), kept(session)]
}

function ending(step: StepOutcome): string {
  return 'error' in step ? step.error : `status ${step.status}`
}

function isSame([theirs, ours]: [unknown, unknown]): boolean {
  if (typeof theirs === 'string' && SAME_ERROR[theirs]?.includes(String(ours))) return true
  return JSON.stringify(theirs) === JSON.stringify(ours)
}

function fields({ sent, got }: Side): Map<string, unknown> {
  const all = new Map<string, unknown>([['requests sent', sent.length]])
  sent.forEach((request, at) => addRequest(all, `request ${at + 1}`, normalised(request)))
  got.steps.forEach((step, at) => addStep(all, `answer ${at + 1}`, step))
  all.set('jar', got.cookies.map((cookie) => cookie.join(' ')).sort())
  return all
}

function addRequest(all: Map<string, unknown>, label: string, request: Recorded): void {
  const { server, method, target, headers, body } = request
  all.set(`${label}: server`, server).set(`${label}: method`, method).set(`${label}: target`, target)
  for (const [name, value] of headers) {
    const field = `${label}: ${name}`
    all.set(field, all.has(field) ? `${String(all.get(field))} | ${value}` : value)
  }
  if (body.length > 0) all.set(`${label}: body`, body.toString('latin1'))
}

function addStep(all: Map<string, unknown>, label: string, step: StepOutcome): void {
  for (const [name, value] of Object.entries(step)) all.set(`${label}: ${name}`, value)
}

/**
 * A request without what must differ: header names in lower case and without order, each library's own
 * `User-Agent` and `Accept-Encoding`, the boundary of a multipart body and the length that it makes, and in a
 * Digest the order of its fields and what follows from the client's random number.
 */
function normalised(request: Recorded): Recorded {
  const type = request.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  const boundary = /boundary=([^;]+)/.exec(type)?.[1]
  const body = boundary === undefined ? request.body : replaced(request.body, boundary)
  const headers = request.headers.map(([name, value]): [string, string] => {
    const lower = name.toLowerCase()
    if (lower === 'content-length' && value === String(request.body.length))
      return [lower, String(body.length)]
    return [lower, ownWords(lower, boundary === undefined ? value : value.replace(boundary, 'BOUNDARY'))]
  })
  return { ...request, headers, body }
}

function ownWords(name: string, value: string): string {
  if (name === 'user-agent') return value.replace(/^(?:python-requests|session-fetch)\/[\d.]+$/, 'its own')
  if (name === 'accept-encoding') return value.replace(/^gzip, deflate(?:, \w+)*$/, 'its own')
  if (value.startsWith('Digest '))
    return `Digest ${value.slice(7).split(/, ?/).map(withoutChance).sort().join(', ')}`
  return value
}

/** A field of a Digest without random values. */
function withoutChance(field: string): string {
  return field.replace(/^(cnonce|response)="[^"]*"$/, '$1="…"')
}

function replaced(body: Buffer, boundary: string): Buffer {
  return Buffer.from(body.toString('latin1').replaceAll(boundary, 'BOUNDARY'), 'latin1')
}
