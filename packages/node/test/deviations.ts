import type { TransportName } from './fault-stage.js'

/** Where transports do otherwise than the others, which the platform under them decides, and why. */
interface Deviation {
  readonly over: readonly TransportName[]
  readonly what: string
  readonly cause: string
}

/** All deviations. Other behavior is the same over all transports, and tested as such. */
const DEVIATIONS = {
  connectsAhead: {
    over: ['dispatcher'],
    what: 'Where a connection was lost, a second one may be open before the next request.',
    cause: 'An undici client connects again on its own; it has no option to leave that to the next request.',
  },
  refusesContinue: {
    over: ['dispatcher'],
    what: 'A 100 that the request did not ask for is a ProtocolError.',
    cause: 'The parser of undici fails at a 100, as it never sends Expect.',
  },
  finishesHandshakes: {
    over: ['dispatcher'],
    what: 'A TLS handshake that no call waits for any more goes on.',
    cause: 'A handler of undici cannot be stopped before its request has a connection.',
  },
  addsNoConnection: {
    over: ['cross-fetch', 'dispatcher'],
    what: 'Where unread bodies hold all connections, one is read into memory; no connection is added.',
    cause: 'The limit of connections belongs to the agent of the caller.',
  },
  checksIdleLate: {
    over: ['cross-fetch'],
    what: 'Bytes that come on an idle connection close it only when it is used again.',
    cause: 'An http.Agent does not read from idle sockets.',
  },
} as const satisfies Record<string, Deviation>

/** Whether a transport is one of those that deviate. */
export function deviates(transport: TransportName, how: keyof typeof DEVIATIONS): boolean {
  const { over }: Deviation = DEVIATIONS[how]
  return over.includes(transport)
}
