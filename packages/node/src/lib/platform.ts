import {
  type Platform,
  type Transport,
  authenticate,
  followRedirects,
  nearestName,
  retry,
  withCookies,
  withTimeouts,
} from '@session-fetch/core'
import type { Dispatcher } from 'undici'
import { nodeClock } from './clock.js'
import { JarCookies } from './cookies.js'
import { CrossFetchTransport, type NodeAgent } from './cross-fetch-transport.js'
import { UndiciTransport } from './transport.js'

const OPTIONS = ['jar', 'agent', 'connections']

/** What a Node session says of itself unless told otherwise; as `Accept*` and `User-Agent` they go anywhere. */
const HEADERS = { Accept: '*/*', 'Accept-Encoding': 'gzip, deflate, br', 'User-Agent': 'session-fetch/0.1.0' }

/** A platform whose cookies are in a jar. */
export type NodePlatform = Platform & { readonly cookies: JarCookies }

/** Node sees every hop, so a session here follows redirects and keeps cookies itself. */
export function nodePlatform(transport: Transport, cookies: JarCookies): NodePlatform {
  const borrowed: Transport = { send: (request) => transport.send(request) }
  return {
    transport,
    cookies,
    share: () => nodePlatform(borrowed, new JarCookies(cookies.jar)),
    fork: (copyCookies) => nodePlatform(borrowed, copyCookies ? cookies.copy() : new JarCookies()),
    clock: nodeClock,
    headers: HEADERS,
    options: OPTIONS,
    suggest: nearestName,
    nest: (send, call) =>
      followRedirects(
        retry(authenticate(withCookies(withTimeouts(send, call), cookies, call), call), call),
        call,
      ),
  }
}

/** Node's own agents are served by Node's own `http`; undici's dispatchers, and no agent, by undici. */
export function nodeTransport(
  agent: NodeAgent | Dispatcher | undefined,
  connections: number | undefined,
): Transport {
  if (agent === undefined) return new UndiciTransport({ connections })
  return 'dispatch' in agent ? new UndiciTransport({ dispatcher: agent }) : new CrossFetchTransport(agent)
}
