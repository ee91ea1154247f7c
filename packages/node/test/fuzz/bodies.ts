import { gzipSync } from 'node:zlib'
import type { Random } from '../wire/random.js'
import type { CallPlan } from './plan.js'

/** The body that a call must get: its nonce again and again, so that each piece of it is of this call alone. */
export function bodyOf({ nonce, size }: CallPlan): string {
  return `${nonce};`.repeat(Math.ceil(size / (nonce.length + 1))).slice(0, size)
}

/** What a call sends. */
export function uploadOf({ nonce, upload }: CallPlan): string {
  return upload === 'none' ? '' : `upload of ${nonce};`.repeat(3)
}

/** The bytes of the answer to a call, as its plan frames them. */
export function answerOf(plan: CallPlan, random: Random): Buffer {
  const decoded = Buffer.from(bodyOf(plan))
  const body = plan.gzip ? gzipSync(decoded) : decoded
  const fields = [`X-Nonce: ${plan.nonce}`, ...(plan.gzip ? ['Content-Encoding: gzip'] : [])]
  if (plan.framing === 'length') fields.push(`Content-Length: ${body.length}`)
  if (plan.framing === 'chunks') fields.push('Transfer-Encoding: chunked')
  if (plan.after === 'close' || plan.framing === 'end') fields.push('Connection: close')
  const head = Buffer.from(`HTTP/1.1 200 OK\r\n${fields.join('\r\n')}\r\n\r\n`)
  return Buffer.concat([head, ...(plan.framing === 'chunks' ? chunked(body, random) : [body])])
}

function chunked(body: Buffer, random: Random): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const size = Math.min(1 + random.below(random.pick([10, 1000, 60_000])), body.length - at)
    parts.push(Buffer.from(`${size.toString(16)}\r\n`), body.subarray(at, at + size), Buffer.from('\r\n'))
    at += size
  }
  return [...parts, Buffer.from('0\r\n\r\n')]
}

/** The body of a request, which may be in chunks. */
export function receivedBody(headers: Readonly<Record<string, string>>, body: Buffer): string {
  const text = body.toString('latin1')
  if (!('transfer-encoding' in headers)) return text
  let decoded = ''
  for (let at = 0; ; ) {
    const line = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.slice(at, line), 16)
    if (!(size > 0)) return decoded
    decoded += text.slice(line + 2, line + 2 + size)
    at = line + 2 + size + 2
  }
}
