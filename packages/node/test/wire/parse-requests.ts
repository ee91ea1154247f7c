/** A request as its bytes say it. */
export interface WireRequest {
  readonly method: string
  readonly target: string
  /** Names as written, in the received order. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** How the end of the body was marked. */
  readonly framing: 'none' | 'length' | 'chunked'
  /** As latin-1. */
  readonly body: string
}

const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([^\r\n\0]*)$/
const LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP\/1\.1$/

/**
 * Reads all that came on one connection, which must be whole requests and nothing else. Takes only what RFC 9112
 * has a client write.
 *
 * @throws Error for anything else
 */
export function parseRequests(text: string): WireRequest[] {
  const requests: WireRequest[] = []
  for (let rest = text; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) throw new Error(`no end of a head: ${JSON.stringify(rest.slice(0, 200))}`)
    const head = parseHead(rest.slice(0, end))
    const { framing, body, length } = parseBody(head.fields, rest.slice(end + 4))
    requests.push({ ...head, framing, body })
    rest = rest.slice(end + 4 + length)
  }
  return requests
}

/** @throws Error unless there is just one */
export function onlyRequest(requests: readonly WireRequest[]): WireRequest {
  const [request, ...others] = requests
  if (request === undefined || others.length > 0) throw new Error(`${requests.length} requests`)
  return request
}

/** The values of a field, by its lower-case name. */
export function valuesOf({ fields }: Pick<WireRequest, 'fields'>, name: string): string[] {
  return fields.flatMap(([each, value]) => (each.toLowerCase() === name ? [value] : []))
}

function parseHead(text: string): Pick<WireRequest, 'method' | 'target' | 'fields'> {
  const [line = '', ...lines] = text.split('\r\n')
  const [, method = '', target = ''] = matched(LINE, line)
  const fields = lines.map((each): [string, string] => {
    const [, name = '', value = ''] = matched(FIELD, each)
    return [name, value]
  })
  return { method, target, fields }
}

type Framed = Pick<WireRequest, 'framing' | 'body'> & { readonly length: number }

function parseBody(fields: WireRequest['fields'], rest: string): Framed {
  const codings = valuesOf({ fields }, 'transfer-encoding')
  const lengths = valuesOf({ fields }, 'content-length')
  if (codings.length + lengths.length > 1) throw new Error('more than one framing')
  if (codings[0] !== undefined) return parseChunks(matched(/^chunked$/, codings[0]).input, rest)
  if (lengths[0] === undefined) return { framing: 'none', body: '', length: 0 }
  const length = Number(matched(/^(?:0|[1-9]\d*)$/, lengths[0])[0])
  if (rest.length < length) throw new Error(`${rest.length} bytes of ${length}`)
  return { framing: 'length', body: rest.slice(0, length), length }
}

function parseChunks(_coding: string, rest: string): Framed {
  let body = ''
  for (let at = 0; ; ) {
    const line = matched(/^([1-9a-f][\da-f]*|0)\r\n/i, rest.slice(at, at + 20))[0]
    const size = Number.parseInt(line, 16)
    const end = at + line.length + size
    if (rest.slice(end, end + 2) !== '\r\n') throw new Error('a chunk without its end')
    body += rest.slice(at + line.length, end)
    at = end + 2
    if (size === 0) return { framing: 'chunked', body, length: at }
  }
}

function matched(pattern: RegExp, text: string): RegExpExecArray {
  const match = pattern.exec(text)
  if (match === null) throw new Error(`${JSON.stringify(text)} is not ${String(pattern)}`)
  return match
}
