import type {
  Fault,
  FaultServer,
  FaultServerOptions,
  SeenRequest,
  Visit,
} from '@session-fetch/test-support/fault-server'

/** What a case has to play with: a fetch, and servers that are gone when it is over. */
export interface Stage {
  readonly fetch: typeof globalThis.fetch
  readonly serve: (fault: Fault, options?: FaultServerOptions) => Promise<FaultServer>
}

/** One thing that the Fetch standard says, told by what happens. */
export interface FetchCase {
  readonly name: string
  readonly play: (stage: Stage) => Promise<unknown>
  /** The result with the platform's fetch. */
  readonly standard: unknown
  /** What undici 7 and later do instead, which are in Node from 24 on. */
  readonly undici7?: unknown
}

/** How something fails: the error's name, for a `TypeError` also where a class derives from it. */
export async function failure(work: () => unknown): Promise<string> {
  try {
    await work()
    return 'no error'
  } catch (error) {
    if (!(error instanceof Error)) return `threw ${String(error)}`
    return error instanceof TypeError ? 'TypeError' : error.name
  }
}

/** The first request that a server saw. */
export function firstOf({ requests: [request] }: FaultServer): SeenRequest {
  if (request === undefined) throw new Error('nothing was sent')
  return request
}

/** Bytes that are sent as they are read. */
export function streamOf(...chunks: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift()
      if (chunk === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(chunk))
    },
  })
}

/** An init whose body is a stream. */
export function half(init: RequestInit): RequestInit {
  return Object.assign(init, { duplex: 'half' }) // TypeScript's RequestInit does not know it yet
}

/** Resolves when the connection that a request came on is gone. */
export function givenUp({ socket }: Visit): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve()
    else socket.once('close', () => resolve())
  })
}
