import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, Call } from './call.js'

/** One request as received. */
export interface Recorded {
  /** The `Host` header has the name that the client requested; this is the server that received it. */
  server: 'home' | 'away'
  method: string
  target: string
  /** Names and values in the received order and case. */
  headers: [name: string, value: string][]
  body: Buffer
}

/** `nobody` is an origin without a server. */
export type OriginName = 'home' | 'away' | 'neighbour' | 'nobody'

/** Two servers that record requests and send configured responses. */
export interface RecordingServers {
  /** The origins by the names that calls use for them. */
  readonly origins: Readonly<Record<OriginName, string>>
  /** Answers as this call says from now on, with nothing recorded yet. */
  begin(call: Call): void
  /** What came since `begin`; connections that still hang are closed. */
  end(): Recorded[]
  close(): Promise<void>
}

export async function startRecordingServers(): Promise<RecordingServers> {
  let recorded: Recorded[] = []
  let answers = new Map<string, Answer[]>()
  const start = (name: Recorded['server']): Promise<Server> =>
    listening(async (request, response) => {
      recorded.push(await read(name, request))
      const queue = answers.get((request.url ?? '').replace(/[?#].*$/s, '')) ?? []
      answer(response, (queue.length > 1 ? queue.shift() : queue[0]) ?? {})
    })
  const [home, away] = [await start('home'), await start('away')]
  return {
    origins: await originsOf(home, away),
    begin(call) {
      recorded = []
      answers = new Map(Object.entries(call.answers ?? {}).map(([path, said]) => [path, [said].flat()]))
    },
    end() {
      for (const server of [home, away]) server.closeAllConnections()
      return recorded
    },
    async close() {
      for (const server of [home, away]) stop(server)
    },
  }
}

async function listening(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Server> {
  const server = createServer((request, response) => void serve(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return server
}

/** The same machine has two names; the neighbour is the second server under the name of the first. */
async function originsOf(home: Server, away: Server): Promise<RecordingServers['origins']> {
  return {
    home: `http://127.0.0.1:${portOf(home)}`,
    away: `http://localhost:${portOf(away)}`,
    neighbour: `http://127.0.0.1:${portOf(away)}`,
    nobody: 'http://127.0.0.1:2', // a port of no service, and none that the system would give to another test
  }
}

function stop(server: Server): void {
  server.close()
  server.closeAllConnections()
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port // it listens on a port, not on a path
}

async function read(server: Recorded['server'], request: IncomingMessage): Promise<Recorded> {
  const { rawHeaders, method = '', url: target = '' } = request
  const headers: [string, string][] = []
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return { server, method, target, headers, body: Buffer.concat(chunks) }
}

function answer(
  response: ServerResponse,
  { status = 200, headers = [], body = 'ok', raw, never }: Answer,
): void {
  if (never === 'hangs') return
  if (never === 'closes') return void response.socket?.destroy()
  if (raw !== undefined) return void response.socket?.end(raw, 'latin1')
  const list = headers.flat()
  if (!headers.some(([name]) => name === 'Content-Type'))
    list.push('Content-Type', 'text/plain; charset=utf-8')
  response.writeHead(status, list).end(body)
}
