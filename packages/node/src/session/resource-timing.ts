import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { performance } from 'node:perf_hooks'
import { type SessionResponse, UnsupportedError } from '@session-fetch/core'
import { LazyResponse } from '../bodies/lazy-response.js'
import type { RequestTimes } from '../base/timings.js'
import { CALLS, type CallMessage } from './call-trace.js'

/** The start times of pending calls. */
const started = new WeakMap<CallMessage['call'], number>()
/** The number of active `markResources` calls. */
let users = 0

/**
 * Adds an entry of type `resource` to Node's performance timeline for each call from now on, as Node's `fetch` does, when
 * the response body was received. Off by default, because each entry costs time and memory, and Node does not report
 * whether a `PerformanceObserver` listens.
 *
 * @returns a function that stops it
 * @throws UnsupportedError in engines without `performance.markResourceTiming`
 * @example
 * new PerformanceObserver((list) => console.log(list.getEntries())).observe({ entryTypes: ['resource'] })
 * markResources()
 */
export function markResources(): () => void {
  if (typeof performance.markResourceTiming !== 'function')
    throw new UnsupportedError('markResources: this engine has no performance.markResourceTiming')
  let stopped = false
  users += 1
  if (users === 1) subscribe(CALLS, onMessage)
  return () => {
    if (stopped) return
    stopped = true
    users -= 1
    if (users === 0) unsubscribe(CALLS, onMessage)
  }
}

function onMessage(message: unknown): void {
  const { type, call, response } = message as CallMessage & { response?: SessionResponse } // the channel is ours
  if (type === 'start') started.set(call, performance.now())
  if (type !== 'end' || !(response instanceof LazyResponse)) return
  const received = LazyResponse.received(response)
  received?.times.whenEnded(() => mark(response, received, started.get(call)))
}

/** @param start Default: that of the last request. */
function mark(
  response: SessionResponse,
  { times, bytes }: { times: RequestTimes; bytes: number },
  start: number = times.begun,
): void {
  const { history, request, status, redirected } = response
  const { begun } = times
  const { queue, dns, connect, tls, firstByte, lastByte } = times.shown()
  const lookup = begun + queue
  const opening = lookup + dns
  const opened = opening + connect + tls
  const timing = {
    startTime: start,
    redirectStartTime: redirected ? start : 0,
    redirectEndTime: redirected ? begun : 0,
    postRedirectStartTime: begun,
    finalServiceWorkerStartTime: 0,
    finalNetworkRequestStartTime: opened,
    finalNetworkResponseStartTime: begun + firstByte,
    endTime: begun + (lastByte ?? firstByte),
    encodedBodySize: bytes,
    decodedBodySize: bytes,
    finalConnectionTimingInfo: {
      domainLookupStartTime: lookup,
      domainLookupEndTime: opening,
      connectionStartTime: opening,
      connectionEndTime: opened,
      secureConnectionStartTime: tls > 0 ? opening + connect : 0,
    },
  }
  const { url } = history[0]?.request ?? request
  const newer = [{}, status] as unknown as [] // arguments that the types of Node 20 lack
  performance.markResourceTiming(timing, url, 'fetch', globalThis, '', ...newer)
}
