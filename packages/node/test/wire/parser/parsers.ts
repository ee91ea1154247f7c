import { type IncomingMessage, request as httpRequest } from 'node:http'
import { Duplex } from 'node:stream'
import { type PreparedRequest, Session } from '@session-fetch/node'
import { MalformedMessage, connectionLost, networkError } from '../../../src/base/network-error.js'
import { checkHead, toLimits } from '../../../src/bodies/limits.js'
import type { ResponseHead } from '../../../src/http1/head.js'
import { ResponseReader } from '../../../src/http1/response-reader.js'
import { accept } from './node-outcome.js'
import { NULL_BODY } from './null-body.js'
import type { Outcome } from './outcome.js'
import type { WireCase } from '../cases/wire-case.js'

/** Larger than every case, because limits are not compared. */
const MAX_HEAD = 1_000_000
const LIMITS = toLimits({ headerBytes: MAX_HEAD, headers: 10_000, setCookies: 10_000 })
const URL_OF_NONE = 'http://parser.test/'
const session = new Session()

/** The result of our reader for a response that arrives in these pieces and then ends, without a network. */
export function oursReads(pieces: readonly Buffer[], { method = 'GET' }: WireCase): Outcome {
  const request = session.prepare(method, URL_OF_NONE)
  const heard = new Heard(request)
  const reader = new ResponseReader(heard, { method, maxHeaderSize: MAX_HEAD })
  try {
    for (const piece of pieces) reader.read(Buffer.from(piece)) // it moves the data of chunks in place
    if (!reader.end()) throw connectionLost()
    return heard.outcome()
  } catch (error) {
    return { refused: networkError(error, request, 'headers') }
  }
}

/** Records the callbacks of a reader. */
class Heard {
  #head: ResponseHead | undefined
  readonly #body: Buffer[] = []
  readonly #request: PreparedRequest

  constructor(request: PreparedRequest) {
    this.#request = request
  }

  onHead(head: ResponseHead): void {
    if (head.status === 101) throw new MalformedMessage('a switch of protocols')
    if (head.status < 200) return
    checkHead(head, LIMITS, this.#request)
    this.#head = head
  }

  onData(data: Buffer): void {
    this.#body.push(Buffer.from(data))
  }

  onEnd(): void {}

  outcome(): Outcome {
    const { status, statusText, raw } = this.#head ?? { status: 0, statusText: '', raw: [] }
    const headers = new Headers()
    for (let at = 0; at < raw.length; at += 2) headers.append(raw[at] ?? '', raw[at + 1] ?? '')
    const body = NULL_BODY.includes(status) ? '' : Buffer.concat(this.#body).toString('latin1')
    return { status, statusText, headers: [...headers], body }
  }
}

/** What Node's parser makes of the same, without a network, being as strict as it can. */
export function nodeReads({ bytes, method = 'GET' }: WireCase): Promise<Outcome> {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  return new Promise((resolve) => {
    const refuse = (refused: unknown): void => resolve({ refused })
    const client = httpRequest(URL_OF_NONE, {
      method,
      insecureHTTPParser: false,
      maxHeaderSize: MAX_HEAD,
      createConnection: () => socket,
    })
    client.on('response', (message: IncomingMessage) => void accept(message).then(resolve, refuse))
    // An error after a complete response only closes the connection.
    client.on('error', (error) => setImmediate(refuse, error))
    client.on('close', () => setImmediate(refuse, new Error('closed')))
    client.end()
    socket.push(bytes)
    socket.push(null)
  })
}
