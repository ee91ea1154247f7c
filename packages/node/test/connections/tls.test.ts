import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { InvalidRequestError, Session, TlsError, type TlsOptions } from '@session-fetch/node'
import { type Authority, type Certificate, createAuthority } from '@session-fetch/test-support/certificates'
import { type Nginx, startNginx } from '@session-fetch/test-support/nginx'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

let authority: Authority
let stranger: Authority
let server: Certificate
let client: Certificate
let nginx: Nginx
let guarded: Nginx

beforeAll(async () => {
  ;[authority, stranger] = await Promise.all([createAuthority(), createAuthority('another CA')])
  server = await authority.issue(['DNS:localhost', 'IP:127.0.0.1'])
  client = await authority.issue([], { subject: 'client-7' })
  ;[nginx, guarded] = await Promise.all([
    startNginx({ certificate: server }),
    startNginx({ certificate: server, clients: authority }),
  ])
})
afterAll(async () => {
  await Promise.all([nginx.close(), guarded.close()])
  await Promise.all([authority.close(), stranger.close()])
})

const sessions: Session[] = []
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()))
})

function sessionWith(tls: TlsOptions | undefined): Session {
  const session = new Session({ tls })
  sessions.push(session)
  return session
}

describe('tls', () => {
  it('trusts the authorities of ca', async () => {
    const response = await sessionWith({ ca: authority.ca }).get(`${nginx.url}connection`)
    expect(await response.text()).toMatch(/^\d+ HTTP\/1\.1 TLSv1\.3 localhost localhost:\d+$/)
  })

  it.each<[string, () => TlsOptions | undefined]>([
    ['says nothing', () => undefined],
    ['trusts another authority', () => ({ ca: stranger.ca })],
    ['leaves rejectUnauthorized undefined', () => ({ rejectUnauthorized: undefined })],
    ['says rejectUnauthorized: true', () => ({ rejectUnauthorized: true })],
  ])('refuses a certificate of an unknown authority where it %s', async (_what, tls) => {
    const error = await sessionWith(tls())
      .get(nginx.url)
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TlsError)
    expect(error).toMatchObject({ retryable: false, phase: 'connect' })
    expect(String(error)).toContain('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })

  it('ignores NODE_TLS_REJECT_UNAUTHORIZED', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      await expect(sessionWith(undefined).get(nginx.url)).rejects.toThrow(TlsError)
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
  })

  it('keeps the connections of many calls at once', async () => {
    const session = sessionWith({ ca: authority.ca })
    const worker = async (): Promise<void> => {
      for (let call = 0; call < 50; call += 1) await session.get(`${nginx.url}connection`).text()
    }
    await Promise.all(Array.from({ length: 32 }, worker))
    expect(session.stats()).toMatchObject({ opened: 32, reused: 32 * 49 })
  })

  it('accepts any certificate with rejectUnauthorized: false, and other sessions do not', async () => {
    const lax = sessionWith({ rejectUnauthorized: false })
    expect((await lax.get(`${nginx.url}connection`)).status).toBe(200)
    await expect(sessionWith(undefined).get(`${nginx.url}connection`)).rejects.toThrow(TlsError)
    expect((await lax.get(`${nginx.url}connection`)).status).toBe(200)
    expect(lax.stats()).toMatchObject({ opened: 1, reused: 1 })
  })

  it('refuses a certificate for another host', async () => {
    const other = await startNginx({ certificate: await authority.issue(['DNS:other.test']) })
    try {
      const session = sessionWith({ ca: authority.ca })
      await expect(session.get(other.url)).rejects.toThrow('ERR_TLS_CERT_ALTNAME_INVALID')
      const named = sessionWith({ ca: authority.ca, servername: 'other.test' })
      expect(await named.get(`${other.url}connection`).text()).toContain(' other.test localhost:')
    } finally {
      await other.close()
    }
  })

  it('refuses a certificate that has expired', async () => {
    const expired = await startNginx({ certificate: await authority.issue(['DNS:localhost'], { days: -1 }) })
    try {
      const session = sessionWith({ ca: authority.ca })
      await expect(session.get(expired.url)).rejects.toThrow('CERT_HAS_EXPIRED')
    } finally {
      await expired.close()
    }
  })

  it('checks an address against the addresses in the certificate', async () => {
    const session = sessionWith({ ca: authority.ca })
    const response = await session.get(`https://127.0.0.1:${nginx.port}/connection`)
    expect(await response.text()).toMatch(/TLSv1\.3 {2}127\.0\.0\.1:/)
  })

  it('asks for and checks the host of the URL, whatever the Host header says', async () => {
    const session = sessionWith({ ca: authority.ca })
    const plain = await session.get(`${nginx.url}connection`).text()
    const headers = { Host: 'evil.test' }
    const spoken = await session.get(`${nginx.url}connection`, { headers }).text()
    expect(spoken).toBe(plain.replace(/localhost:\d+$/, 'evil.test'))
    expect(session.stats()).toMatchObject({ opened: 1, reused: 1 })
  })

  it('resumes TLS sessions', async () => {
    let resumed = 0
    const https = createServer({ cert: server.cert, key: server.key }, (_request, response) => {
      response.setHeader('Connection', 'close').end('ok')
    }).on('secureConnection', (socket) => {
      if (socket.isSessionReused()) resumed += 1
    })
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve))
    try {
      const session = sessionWith({ ca: authority.ca })
      const url = `https://localhost:${(https.address() as AddressInfo).port}/`
      for (let call = 0; call < 3; call += 1) await session.get(url).text()
      expect(resumed).toBe(2)
    } finally {
      https.close()
    }
  })

  it('speaks no version older than minVersion', async () => {
    const old = await startNginx({ certificate: server, protocols: 'TLSv1.2' })
    try {
      const any = sessionWith({ ca: authority.ca })
      expect(await any.get(`${old.url}connection`).text()).toContain('TLSv1.2')
      const strict = sessionWith({ ca: authority.ca, minVersion: 'TLSv1.3' })
      await expect(strict.get(`${old.url}connection`)).rejects.toThrow(TlsError)
    } finally {
      await old.close()
    }
  })

  it('distinguishes an https request to a plain port from a failed connection', async () => {
    const { createServer: createPlain } = await import('node:http')
    const plain = createPlain((_request, response) => response.end()).listen(0, '127.0.0.1')
    await new Promise((resolve) => plain.once('listening', resolve))
    try {
      const url = `https://127.0.0.1:${(plain.address() as AddressInfo).port}/`
      await expect(sessionWith(undefined).get(url)).rejects.toThrow(TlsError)
    } finally {
      plain.close()
    }
  })
})

describe('tls: a client certificate', () => {
  const whoami = (tls: TlsOptions): Promise<string> =>
    sessionWith({ ca: authority.ca, ...tls })
      .get(`${guarded.url}whoami`, { throwHttpErrors: false })
      .text()

  it('is requested', async () => {
    expect(await whoami({})).toContain('No required SSL certificate was sent')
  })

  it('is sent with cert and key', async () => {
    expect(await whoami({ cert: client.cert, key: client.key })).toBe('CN=client-7')
    expect(await whoami({ cert: Buffer.from(client.cert), key: [client.key] })).toBe('CN=client-7')
  })

  it('is sent with an encrypted key', async () => {
    const key = await authority.encrypt(client, 'secret')
    expect(await whoami({ cert: client.cert, key, passphrase: 'secret' })).toBe('CN=client-7')
  })

  it('is sent with a PKCS#12 file', async () => {
    const pfx = await authority.bundle(client, 'secret')
    expect(await whoami({ pfx, passphrase: 'secret' })).toBe('CN=client-7')
  })

  it('of another authority is refused', async () => {
    const { cert, key } = await stranger.issue([], { subject: 'client-7' })
    expect(await whoami({ cert, key })).toContain('The SSL certificate error')
  })

  it('is not shared by another session', async () => {
    await whoami({ cert: client.cert, key: client.key })
    expect(await whoami({})).toContain('No required SSL certificate was sent')
  })
})

describe('tls: what cannot be an option of it', () => {
  it.each<[string, object]>([
    ['a strange name', { rejectUnauthorised: false }],
    ['rejectUnauthorized: 0', { rejectUnauthorized: 0 }],
    ['rejectUnauthorized: "false"', { rejectUnauthorized: 'false' }],
    ['an empty ca', { ca: '' }],
    ['an invalid ca', { ca: 'not PEM' }],
    ['a number for a key', { key: 7 }],
    ['an unknown version', { minVersion: 'SSLv3' }],
    ['an empty servername', { servername: '' }],
    ['text for all of it', 'insecure' as unknown as object],
  ])('is refused when the session is created: %s', (_what, tls) => {
    expect(() => new Session({ tls })).toThrow(InvalidRequestError)
  })

  it('is a key with the wrong passphrase, and the error holds no secret', async () => {
    const key = await authority.encrypt(client, 'secret')
    const make = (): Session => new Session({ tls: { cert: client.cert, key, passphrase: 'wrong-guess' } })
    expect(make).toThrow(InvalidRequestError)
    expect(make).not.toThrow('wrong-guess')
  })

  it('is an error for a child session, or together with an agent', async () => {
    const session = sessionWith({ ca: authority.ca })
    expect(() => session.extend({ tls: {} } as object)).toThrow(
      'tls: a session created by extend() or fork()',
    )
    const { Agent } = await import('node:https')
    expect(() => new Session({ agent: new Agent(), tls: {} })).toThrow('tls: not allowed together with agent')
  })
})
