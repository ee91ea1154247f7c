import { Agent } from 'node:http'
import { PerformanceObserver, performance } from 'node:perf_hooks'
import { Session, markResources } from '@session-fetch/node'
import { type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { atEnd, serve, sessionOver } from '../fault-stage.js'

/** Listens for entries of the test that is running. */
function observed(): { entries: PerformanceResourceTiming[]; when: (count: number) => Promise<void> } {
  const entries: PerformanceResourceTiming[] = []
  const observer = new PerformanceObserver((list) =>
    entries.push(...(list.getEntries() as unknown as PerformanceResourceTiming[])),
  )
  observer.observe({ entryTypes: ['resource'] })
  atEnd(() => (observer.disconnect(), performance.clearResourceTimings()))
  return { entries, when: (count) => expect.poll(() => entries.length).toBe(count) }
}

const answer = ({ request, send }: Visit): void => {
  if (request.target === '/old') send(head('302 Found', 'Location: /new?a=b', 'Content-Length: 0'))
  else send(ok('hello'))
}

/** The times of an entry in the required order. */
function points(entry: PerformanceResourceTiming): number[] {
  const { startTime, fetchStart, domainLookupStart, domainLookupEnd, connectStart, connectEnd } = entry
  const { requestStart, responseStart, responseEnd } = entry
  const lookup = [domainLookupStart, domainLookupEnd, connectStart, connectEnd]
  return [startTime, fetchStart, ...lookup, requestStart, responseStart, responseEnd]
}

describe(markResources, () => {
  it('adds the same entry for each call as Node’s fetch', async () => {
    const server = await serve(answer)
    const { entries, when } = observed()
    atEnd(markResources())
    await (await fetch(`${server.url}new?a=b`)).text()
    await when(1)
    await sessionOver('sockets').get(`${server.url}new?a=b`).text()
    await when(2)
    const [theirs, ours] = entries.map((entry) => entry.toJSON() as Record<string, unknown>)
    expect(Object.keys(ours ?? {})).toEqual(Object.keys(theirs ?? {}))
    for (const [name, value] of Object.entries(theirs ?? {}))
      if (typeof value === 'string' || name.endsWith('Size'))
        expect([name, ours?.[name]]).toEqual([name, value])
    for (const entry of entries) expect(points(entry)).toEqual(points(entry).sort((a, b) => a - b))
  })

  it('has one entry for a call with redirects, under its first URL', async () => {
    const server = await serve(answer)
    const { entries, when } = observed()
    atEnd(markResources())
    await sessionOver('sockets').get(`${server.url}old`).text()
    await when(1)
    const [entry] = entries
    expect(entry?.name).toBe(`${server.url}old`)
    expect(entry?.redirectStart).toBe(entry?.startTime)
    expect(entry?.redirectEnd).toBe(entry?.fetchStart)
    expect(entry?.fetchStart).toBeGreaterThan(entry?.startTime ?? Infinity)
  })

  it('contains no user and no password', async () => {
    const server = await serve(answer)
    const { entries, when } = observed()
    atEnd(markResources())
    await sessionOver('sockets').get(server.url.replace('//', '//ada:secret@')).text()
    await when(1)
    expect(entries[0]?.name).toBe(server.url)
  })

  it('adds the entry when the body has arrived, read or not', async () => {
    const visits: Visit[] = []
    const server = await serve((visit) => {
      visits.push(visit)
      visit.send(`${head('200 OK', 'Content-Length: 4')}ha`)
    })
    const { entries, when } = observed()
    atEnd(markResources())
    const response = await sessionOver('sockets').get(server.url)
    expect([response.status, entries.length]).toEqual([200, 0])
    visits[0]?.send('lf')
    await when(1)
    expect(entries[0]?.encodedBodySize).toBe(4)
  })

  it('can be stopped, and adds no entry before it is called', async () => {
    const server = await serve(answer)
    const { entries, when } = observed()
    const session = sessionOver('sockets')
    const call = (name: string): Promise<string> => session.get(server.url + name).text()
    await call('before')
    const [stop, stopOther] = [markResources(), markResources()]
    stop()
    stop()
    await call('between')
    stopOther()
    await call('after')
    await (await fetch(`${server.url}last`)).text()
    await when(2)
    expect(entries.map(({ name }) => name)).toEqual([`${server.url}between`, `${server.url}last`])
  })

  it('adds no entry for a call over an http.Agent, whose timings are unknown', async () => {
    const server = await serve(answer)
    const { entries, when } = observed()
    atEnd(markResources())
    const agent = new Agent()
    atEnd(() => agent.destroy())
    await new Session({ agent }).get(server.url).text()
    await (await fetch(`${server.url}last`)).text()
    await when(1)
    expect(entries.map(({ name }) => name)).toEqual([`${server.url}last`])
  })
})
