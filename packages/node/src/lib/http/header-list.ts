import { InvalidRequestError } from '@session-fetch/core'

/** Name, value, name, value; names in lower case. Nobody changes one. */
export type HeaderPairs = readonly string[]

/** Bytes of a field's value (RFC 9110 §5.5). `Headers` lets more pass. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** Headers that say how the message is framed, and what becomes of the connection. */
const OURS = new Set(['transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'expect'])

/** Fields as HTTP/1.1 writes them. Two of them it may write otherwise, so that they stand beside the lines. */
export interface FieldLines {
  readonly text: string
  readonly host: string | undefined
  readonly contentLength: string | undefined
}

/** Headers in order, each once but for `set-cookie`. As nobody changes them, what they come to is found out once. */
export class HeaderList {
  readonly pairs: HeaderPairs
  #framing: boolean | undefined
  #lines: FieldLines | undefined

  constructor(pairs: HeaderPairs) {
    this.pairs = pairs
  }

  /** Whether one of them frames the message. */
  get framing(): boolean {
    this.#framing ??= hasFraming(this.pairs)
    return this.#framing
  }

  /** @throws InvalidRequestError for what cannot be written */
  get lines(): FieldLines {
    this.#lines ??= flat(fieldLines(this.pairs))
    return this.#lines
  }
}

/** Whether a header frames the message, or says what becomes of the connection. */
export function hasFraming(pairs: HeaderPairs): boolean {
  return pairs.some((name, at) => at % 2 === 0 && (OURS.has(name) || name === 'content-length'))
}

/** A text that was put together keeps its parts, and is put together anew wherever it is copied to. */
function flat({ text, host, contentLength }: FieldLines): FieldLines {
  return { text: Buffer.from(text, 'latin1').toString('latin1'), host, contentLength }
}

/** @throws InvalidRequestError for what cannot be written, or is not the caller's to say */
export function fieldLines(pairs: HeaderPairs): FieldLines {
  let text = ''
  let host: string | undefined
  let contentLength: string | undefined
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at] ?? ''
    const value = pairs[at + 1] ?? ''
    if (!VALUE.test(value)) throw new InvalidRequestError(`The header "${name}" holds a control character`)
    if (OURS.has(name)) throw new InvalidRequestError(`The header "${name}" is the transport's to set`)
    if (name === 'host') host = value
    else if (name === 'content-length') contentLength = value
    else text += `${name}: ${value}\r\n`
  }
  return { text, host, contentLength }
}
