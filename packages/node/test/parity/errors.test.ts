import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import {
  ConnectionError,
  DecodeError,
  DnsError,
  InvalidRequestError,
  Session,
  SessionError,
  TlsError,
} from '@session-fetch/node'
import { afterAll, describe, expect, it } from 'vitest'
import { startRawServer } from './raw-server.js'

const session = new Session()
afterAll(() => session.close())

async function reasonOf(call: PromiseLike<unknown>): Promise<SessionError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SessionError)) throw error
  return error
}

describe('SessionError: what goes wrong on the way', () => {
  it('is a ConnectionError if the connection is refused', async () => {
    const error = await reasonOf(session.get('http://127.0.0.1:9/?token=secret'))
    expect([error instanceof ConnectionError, error.code, error.phase, error.retryable]).toEqual([
      true,
      'ERR_CONNECTION',
      'connect',
      true,
    ])
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.message).not.toContain('secret')
  })

  it('is a DnsError if the host has no address', async () => {
    const error = await reasonOf(session.get('http://nobody.invalid/'))
    expect([error instanceof DnsError, error instanceof ConnectionError]).toEqual([true, true])
  })

  it('is a TlsError if the peer does not support TLS', async () => {
    const plain = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await once(plain.listen(0, '127.0.0.1'), 'listening')
    const { port } = plain.address() as AddressInfo // as above
    const error = await reasonOf(session.get(`https://127.0.0.1:${port}/`))
    expect([error instanceof TlsError, error instanceof ConnectionError, error.retryable]).toEqual([
      true,
      true,
      false,
    ])
    plain.close()
  })

  it('is a DecodeError if a compressed body is corrupt or truncated', async () => {
    const whole = gzipSync('text '.repeat(100))
    for (const bytes of [Buffer.from('no gzip'), whole.subarray(0, whole.length - 6)]) {
      const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bytes.length}\r\n\r\n`
      const server = await startRawServer(head + bytes.toString('latin1'))
      const error = await reasonOf(session.get(server.url).text())
      expect(error).toBeInstanceOf(DecodeError)
      server.close()
    }
  })

  it('does not name a host if the URL has none', async () => {
    for (const url of ['http://', 'http://[::1', 'http://::1/', 'http://a b/', 'http://h:99999/'])
      expect(await reasonOf(session.get(url))).toBeInstanceOf(InvalidRequestError)
  })

  it('has the platform’s error as its cause', async () => {
    const error = await reasonOf(session.get('http://127.0.0.1:9/'))
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('has JSON that is safe to log', async () => {
    const error = await reasonOf(session.get('http://me:pw@127.0.0.1:9/?token=secret'))
    expect(JSON.stringify(error)).not.toMatch(/secret|pw/)
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      name: 'ConnectionError',
      request: { method: 'GET' },
    })
  })
})
