import { type IncomingMessage, request as httpRequest } from 'node:http'
import { turns } from '../deliver.js'
import { NULL_BODY } from './null-body.js'
import type { Outcome } from './outcome.js'

/** Larger than every case, because limits are not compared. */
const MAX_HEAD = 1_000_000

/**
 * What Node's own `http` makes of an answer, its parser being as strict as it can. Resolves with `null` when it
 * has not made up its mind once `delivered` resolves.
 */
export function nodeOutcome(url: string, method: string, delivered: Promise<void>): Promise<Outcome | null> {
  return new Promise((resolve) => {
    const refuse = (refused: unknown): void => resolve({ refused })
    const options = { agent: false, method, insecureHTTPParser: false, maxHeaderSize: MAX_HEAD }
    const client = httpRequest(url, options)
    client.on('response', (message) => void accept(message).then(resolve, refuse))
    // An error after a complete response only closes the connection.
    client.on('error', (error) => setImmediate(refuse, error))
    client.on('close', () => setImmediate(refuse, new Error('closed')))
    client.end()
    void giveUp(delivered, () => {
      resolve(null)
      client.destroy()
    })
  })
}

async function giveUp(delivered: Promise<void>, stop: () => void): Promise<void> {
  await delivered
  await turns()
  stop()
}

/** Reads the message of a whole answer. */
export async function accept(message: IncomingMessage): Promise<Outcome> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  if (!message.complete) throw new Error('incomplete')
  const { statusCode: status = 0, statusMessage: statusText = '' } = message
  const body = NULL_BODY.includes(status) ? '' : Buffer.concat(chunks).toString('latin1')
  return { status, statusText, headers: [...headersOf(message)], body }
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '')
  return headers
}
