import { createHash, randomBytes } from 'node:crypto'
import { Agent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Session } from '@session-fetch/node'
import { type Authority, type Certificate, createAuthority } from '@session-fetch/test-support/certificates'
import { type Fault, type FaultServer, type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TRANSPORTS, type TransportName, atEnd, failed, failure, serve, sessionOver } from '../fault-stage.js'
import { turns } from '../wire/deliver.js'

let authority: Authority
let good: Certificate
beforeAll(async () => {
  authority = await createAuthority()
  good = await authority.issue(['IP:127.0.0.1'])
})
afterAll(() => authority.close())

/** A session that trusts the authority of this test, if any. */
function trusting(transport: TransportName, ca: string | undefined): Session {
  if (transport === 'sockets') return sessionOver(transport, ca === undefined ? {} : { tls: { ca } })
  const agent = { http: new Agent(), https: new HttpsAgent(ca === undefined ? {} : { ca }) }
  atEnd(() => agent.https.destroy())
  return sessionOver(transport, { agent })
}

function secure(fault: Fault, { cert, key }: Certificate): Promise<FaultServer> {
  return serve(fault, { tls: { cert, key } })
}

describe.each(TRANSPORTS)('tls, over %s,', (transport) => {
  it('a paused reader applies back-pressure to the server, and gets the whole body', async () => {
    const size = 32 * 1_048_576
    const chunk = randomBytes(65_536)
    let sent = 0
    const fault = ({ socket, send }: Visit): void => {
      send(head('200 OK', `Content-Length: ${size}`))
      const more = (): void => {
        while (sent < size && socket.writable) {
          sent += chunk.byteLength
          if (!socket.write(chunk)) return
        }
      }
      socket.on('drain', more)
      more()
    }
    const server = await secure(fault, good)
    const { body } = await trusting(transport, authority.ca).get(server.url)
    for (let before = -1; before < sent; await turns(50)) before = sent
    expect(sent).toBeLessThan(size / 2)
    const hash = createHash('sha256')
    for await (const bytes of body ?? []) hash.update(bytes)
    const all = createHash('sha256')
    for (let at = 0; at < size; at += chunk.byteLength) all.update(chunk)
    expect(hash.digest('hex')).toBe(all.digest('hex'))
  })

  it.each([
    ['has expired', 'CERT_HAS_EXPIRED', ['IP:127.0.0.1'], -1, true],
    ['is for another host', 'ERR_TLS_CERT_ALTNAME_INVALID', ['DNS:other.test'], 1, true],
    ['is of nobody known', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', ['IP:127.0.0.1'], 1, false],
  ])(
    '39: with a certificate that %s is a TlsError that says so',
    async (_what, code, names, days, trusted) => {
      const server = await secure((visit) => visit.send(ok()), await authority.issue(names, { days }))
      const session = trusting(transport, trusted ? authority.ca : undefined)
      const error = await failed(session, server.url)
      expect(error).toMatchObject({ name: 'TlsError', phase: 'connect', retryable: false })
      expect(error.message).toContain(code)
      await server.whenOpen(0)
      expect([server.requests.length, server.connections()]).toEqual([0, 1])
    },
  )

  it('40: with a port that does not support it is a TlsError', async () => {
    const server = await serve(() => {}, {
      onConnection: (socket) => void socket.end('HTTP/1.1 400 Bad\r\n\r\n'),
    })
    const session = trusting(transport, authority.ca)
    const failing = await failure(session, server.url.replace('http:', 'https:'))
    expect(failing).toEqual({ name: 'TlsError', phase: 'connect', retryable: false })
    await server.whenOpen(0)
  })

  it('40: after plain HTTP is a ConnectionError', async () => {
    const server = await secure((visit) => visit.send(ok()), good)
    const session = trusting(transport, authority.ca)
    const failing = await failure(session, server.url.replace('https:', 'http:'))
    expect(failing).toEqual({ name: 'ConnectionError', phase: 'headers', retryable: true })
    await server.whenOpen(0)
    expect(server.requests).toHaveLength(0)
  })

  it.each([
    ['Content-Length: 20', 'half'],
    ['Transfer-Encoding: chunked', '4\r\nhalf\r\n'],
  ])('41: that ends without a farewell in mid-body (%s) is a TruncatedError', async (framing, body) => {
    const server = await secure(
      ({ socket }) => socket.write(head('200 OK', framing) + body, () => socket.destroy()),
      good,
    )
    const failing = await failure(trusting(transport, authority.ca), server.url)
    expect(failing).toEqual({ name: 'TruncatedError', phase: 'body', retryable: true })
    await server.whenOpen(0)
  })
})
