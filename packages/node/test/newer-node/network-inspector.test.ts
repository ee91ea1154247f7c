import { Session } from '@session-fetch/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EchoServer, startEchoServer } from '../echo-server.js'
import { type Run, bundled, removePrograms } from '../run-script.js'
import { NODES, installed } from './installed.js'

/** What a program of `scripts/inspected.ts` prints. */
interface Inspected {
  readonly told: readonly [event: string, params: Readonly<Record<string, unknown>>][]
  readonly texts: readonly string[]
  readonly bodies: readonly string[]
}

let server: EchoServer
let run: Run
let programOf: ReturnType<typeof installed>
beforeAll(async () => {
  programOf = installed()
  run = await bundled('inspected')
  server = await startEchoServer({
    answer(request, response) {
      if (request.method === 'POST') response.writeHead(303, { Location: '/members' }).end()
      else response.setHeader('X-Names', ['ada', 'grace']).end('welcome')
      return true
    },
  })
})
afterAll(async () => {
  await server.close()
  await removePrograms()
})

describe(Session, () => {
  it.each(NODES)(
    'is seen by the network inspector of %s: each request, its answer or its failure',
    async (node) => {
      const how = { node: programOf(node), flags: ['--experimental-network-inspection'] }
      const { stdout, stderr } = await run.with(how, server.url)
      const { told, texts, bodies } = JSON.parse(stdout || stderr) as Inspected
      expect(texts).toEqual(['welcome', 'ConnectionError'])
      const events = ['requestWillBeSent', 'responseReceived', 'loadingFinished']
      const seen = told.filter(([event]) => event !== 'dataReceived')
      expect(seen.map(([event]) => event)).toEqual([
        ...events,
        ...events,
        'requestWillBeSent',
        'loadingFailed',
      ])
      const [post, redirect, , get, answer, , lost, failed] = seen.map(([, params]) => params)
      expect(post?.['request']).toMatchObject({ url: `${server.url}login`, method: 'POST' })
      expect(redirect).toMatchObject({ requestId: post?.['requestId'], response: { status: 303 } })
      expect(get?.['request']).toMatchObject({ url: `${server.url}members`, method: 'GET' })
      expect(answer?.['response']).toMatchObject({ status: 200, headers: { 'X-Names': 'ada, grace' } })
      expect(failed).toMatchObject({ requestId: lost?.['requestId'] })
      expect(failed?.['errorText']).toContain('ECONNREFUSED')
      // Node 22 keeps no bodies.
      if (node !== 'node 22') expect(bodies).toEqual(['', Buffer.from('welcome').toString('base64')])
    },
  )
})
