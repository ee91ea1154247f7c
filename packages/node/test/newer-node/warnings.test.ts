import { Session } from '@session-fetch/node'
import { type Authority, createAuthority } from '@session-fetch/test-support/certificates'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Handler, type Http2Origin, startHttp2Origin } from '../http2/origin.js'
import { type Run, bundled, removePrograms } from '../run-script.js'
import { NODES, installed } from './installed.js'

let authority: Authority
let origin: Http2Origin
let run: Run
let programOf: ReturnType<typeof installed>
beforeAll(async () => {
  programOf = installed()
  run = await bundled('many-calls')
  authority = await createAuthority()
  const answer: Handler = (stream) => {
    stream.respond({ ':status': 200 })
    stream.end('ok')
  }
  origin = await startHttp2Origin(await authority.issue(['IP:127.0.0.1']), answer)
})
afterAll(async () => {
  await origin.close()
  await authority.close()
  await removePrograms()
})

describe(Session, () => {
  it.each(NODES)('warns of nothing over HTTP/2 in %s', async (node) => {
    const plan = JSON.stringify({ over: 'http2', count: 3, use: 'ok' })
    const { code, stdout } = await run.with({ node: programOf(node) }, origin.url, plan)
    expect([code, stdout]).toEqual([0, '3 calls succeeded\nthe heap is as before\nexit 0\n'])
  })
})
