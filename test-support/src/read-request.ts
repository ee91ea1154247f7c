/** A parsed request. */
export interface SeenRequest {
  readonly method: string
  readonly target: string
  /** By lower-case name; the last of a name counts. */
  readonly headers: Readonly<Record<string, string>>
  /** The part of the body that was received when the fault was played. */
  readonly body: Buffer
}

/** Parses the bytes of one connection as they arrive. */
export type RequestReader = (bytes: Buffer) => void

/**
 * Reads the requests of one connection from its bytes, just well enough for a test's own client.
 *
 * @param early Whether a request is told as soon as its head is there.
 */
export function requestReader(early: boolean, tell: (request: SeenRequest) => void): RequestReader {
  let pending = Buffer.alloc(0)
  let skipping = false
  return (bytes) => {
    if (skipping) return
    pending = Buffer.concat([pending, bytes])
    for (let next = nextRequest(pending, early); next; next = nextRequest(pending, early)) {
      pending = pending.subarray(next.length)
      skipping = early && hasBody(next.request)
      tell(next.request)
      if (skipping) return
    }
  }
}

function nextRequest(bytes: Buffer, early: boolean): { request: SeenRequest; length: number } | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return null
  const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const [method = '', target = ''] = line.split(' ')
  const headers = Object.fromEntries(lines.map(field))
  const rest = bytes.subarray(end + 4)
  const length = early ? rest.length : bodyLength(headers, rest)
  if (length === null || rest.length < length) return null
  return { request: { method, target, headers, body: rest.subarray(0, length) }, length: end + 4 + length }
}

function field(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}

function hasBody({ headers }: SeenRequest): boolean {
  return 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0
}

/** The bytes of a body on the wire, or `null` while a chunked one has not ended. */
function bodyLength(headers: Record<string, string>, rest: Buffer): number | null {
  if (!('transfer-encoding' in headers)) return Math.max(Number(headers['content-length'] ?? 0), 0) || 0
  const last = rest.indexOf('0\r\n\r\n')
  return last < 0 ? null : last + 5
}
