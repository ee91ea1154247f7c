import {
  type MockTransport,
  type NodeSessionOptions,
  type PreparedRequest,
  Session,
  mockTransport,
} from '@session-fetch/node'

/** A session whose requests are handled by a function, and the recorded requests. */
export interface Mocked {
  session: Session
  api: MockTransport
  /** The header of a request that was sent, by its place. */
  readonly sent: (index: number, header: string) => string | null
}

type Answer = Response | string | null

/** @param answers By URL or by path, one after the other; all else is answered with `ok`. */
export function mocked(
  answers: Record<string, Answer | Answer[]> | ((request: PreparedRequest) => Response) = {},
  options: NodeSessionOptions = {},
): Mocked {
  const api = mockTransport(typeof answers === 'function' ? answers : fromTable(answers))
  const session = new Session(options)
  session.mount('https://', api)
  session.mount('http://', api)
  return { session, api, sent: (index, header) => api.calls[index]?.headers.get(header) ?? null }
}

function fromTable(answers: Record<string, Answer | Answer[]>): (request: PreparedRequest) => Response {
  const queues = new Map(Object.entries(answers).map(([at, answer]) => [at, [answer].flat()]))
  return ({ url }) => {
    const queue = queues.get(url) ?? queues.get(new URL(url).pathname) ?? []
    const answer = queue.length > 1 ? queue.shift() : queue[0]
    return answer instanceof Response ? answer.clone() : new Response(answer === undefined ? 'ok' : answer)
  }
}

export function redirect(location: string, status = 302, ...cookies: string[]): Response {
  const headers = new Headers({ Location: location })
  for (const cookie of cookies) headers.append('Set-Cookie', cookie)
  return new Response(null, { status, headers })
}

export function setting(...cookies: string[]): Response {
  return new Response('ok', { headers: cookies.map((cookie): [string, string] => ['Set-Cookie', cookie]) })
}

export function failing(status: number, headers: Record<string, string> = {}): Response {
  return new Response('no', { status, headers })
}
