import type { Session } from '@session-fetch/node'
import type { Outcome } from './outcome.js'

/** The result of a session for a response. */
export async function sessionOutcome(session: Session, url: string, method: string): Promise<Outcome> {
  try {
    const response = await session.request(method, url, { redirect: 'manual' })
    const body = Buffer.from(await response.bytes()).toString('latin1')
    const { status, statusText, headers } = response
    return { status, statusText, headers: [...headers], body }
  } catch (refused) {
    return { refused }
  }
}
