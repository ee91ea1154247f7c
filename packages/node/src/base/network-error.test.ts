import { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { ConnectionError, DnsError, SessionError, TlsError } from '@session-fetch/core'
import { describe, expect, it } from 'vitest'
import { addressesOf } from '../connect/dns.js'
import { connectTcp } from '../connect/tcp.js'
import { handshake } from '../connect/tls.js'
import { atStep, markStep } from './connect-step.js'
import { networkError } from './network-error.js'

const request = { method: 'GET', url: 'http://a.test/' }
const signal = new AbortController().signal
const target = { hostname: 'a.test', port: 80, where: { url: request.url }, signal }

const failing = (code?: string, more = {}): Error =>
  Object.assign(new Error('it failed'), code === undefined ? more : { code, ...more })

/** What a call gives where this step fails so. */
async function given(step: Promise<unknown>): Promise<SessionError> {
  const cause: unknown = await step.then(
    () => expect.unreachable('it succeeded'),
    (error: unknown) => error,
  )
  const error = networkError(cause, request, 'connect')
  expect(error).toMatchObject({ phase: 'connect', request })
  return error as SessionError
}

/** The codes of Node and its libraries that a list would have to name, and some that there are not. */
const CODES = [
  'EHOSTDOWN',
  'ENETDOWN',
  'ENOBUFS',
  'EPROTONOSUPPORT',
  'EAFNOSUPPORT',
  'EADDRINUSE',
  'ENOMEM',
  'ECONNREFUSED',
  'EACCES',
  'EUNHEARDOF',
  undefined,
]

describe('networkError: a failed connect', () => {
  it.each(CODES)('with %s is a ConnectionError', async (code) => {
    const dial = (): Socket =>
      new Socket().destroy(failing(code, { syscall: 'connect', address: '192.0.2.1', port: 80 }))
    const error = await given(
      connectTcp([{ address: '192.0.2.1', family: 4 }], target, { localAddress: undefined, dial }),
    )
    expect(error.constructor).toBe(ConnectionError)
    expect(error.retryable).toBe(true)
    expect(error.message).toBe(
      `Connection failed (${code ?? 'it failed'} at 192.0.2.1:80): GET http://a.test/`,
    )
  })

  it.each(['ERR_ACCESS_DENIED', 'ERR_INVALID_IP_ADDRESS'])(
    'that Node refuses at once, with %s, is a ConnectionError, and worth no retry',
    async (code) => {
      const dial = (): Socket => {
        throw failing(code)
      }
      const addresses = [
        { address: '192.0.2.1', family: 4 },
        { address: '::1', family: 6 },
      ]
      const error = await given(connectTcp(addresses, target, { localAddress: undefined, dial }))
      expect(error.constructor).toBe(ConnectionError)
      expect(error).toMatchObject({ retryable: false, message: expect.stringContaining(code) })
    },
  )

  it('of a host without an address of that family is a DnsError', async () => {
    const addresses = [{ address: '192.0.2.1', family: 4 }]
    expect(await given(connectTcp(addresses, target, { localAddress: '::1' }))).toBeInstanceOf(DnsError)
  })
})

describe('networkError: a failed lookup', () => {
  it.each([
    ['ENOTFOUND', false],
    ['ENODATA', false],
    ['EAI_NONAME', false],
    ['EAI_AGAIN', true],
    ['ESERVFAIL', true],
    ['ETIMEOUT', true],
    ['EREFUSED', true],
    ['ECONNREFUSED', true],
    ['ECANCELLED', true],
    ['EPROTO', true],
    ['ERR_INVALID_ARG_VALUE', true],
    [undefined, true],
  ])('with %s is a DnsError, retryable: %s', async (code, retryable) => {
    const error = await given(
      addressesOf('a.test', (_name, _options, callback) => callback(failing(code), [])),
    )
    expect(error).toBeInstanceOf(DnsError)
    expect([error.retryable, error.cause]).toEqual([
      retryable,
      expect.objectContaining({ message: 'it failed' }),
    ])
  })

  it('by throwing, or with a value that is not an Error, is a DnsError', async () => {
    const throwing = addressesOf('a.test', () => {
      throw failing()
    })
    const odd = addressesOf('a.test', (_name, _options, callback) => callback('odd' as unknown as Error, []))
    expect([await given(throwing), await given(odd)]).toEqual([expect.any(DnsError), expect.any(DnsError)])
  })
})

describe('networkError: a failed handshake', () => {
  const shaking = (error?: Error): Promise<unknown> => {
    const socket = new Socket()
    const shaken = handshake(socket, signal)
    socket.destroy(error)
    return shaken
  }

  it.each([
    'INVALID_PURPOSE',
    'PATH_LENGTH_EXCEEDED',
    'CRL_HAS_EXPIRED',
    'CERT_REVOKED',
    'ERR_OSSL_X',
    undefined,
  ])('with %s is a TlsError', async (code) => {
    const error = await given(shaking(failing(code)))
    expect(error).toBeInstanceOf(TlsError)
    expect(error.message).toContain(code ?? 'it failed')
    expect(error.retryable).toBe(false)
  })

  it('with EPROTO of a system call is a TlsError', async () => {
    expect(await given(shaking(failing('EPROTO', { syscall: 'write' })))).toBeInstanceOf(TlsError)
  })

  it.each(['ECONNRESET', 'ENETDOWN', 'EPROTONOSUPPORT', 'ETIMEDOUT'])(
    'since the connection did, with %s, is a ConnectionError',
    async (code) => {
      const error = await given(shaking(failing(code, { syscall: 'read' })))
      expect([error.constructor, error.retryable]).toEqual([ConnectionError, true])
    },
  )

  it('since the connection was closed is a ConnectionError', async () => {
    expect((await given(shaking())).constructor).toBe(ConnectionError)
  })
})

describe('networkError: an error of unknown step', () => {
  it.each([
    ['EHOSTDOWN', {}, ConnectionError],
    ['EPROTONOSUPPORT', {}, ConnectionError],
    ['ERR_ACCESS_DENIED', {}, ConnectionError],
    ['ESERVFAIL', { syscall: 'queryA' }, DnsError],
    ['EMFILE', { syscall: 'getaddrinfo' }, DnsError],
    ['ERR_SSL_WRONG_VERSION_NUMBER', {}, TlsError],
  ])('is told by its code while connecting: %s %j', (code, more, type) => {
    expect(networkError(failing(code, more), request, 'connect')).toBeInstanceOf(type)
  })

  it('is passed on if its origin is unknown', () => {
    const error = failing('ERR_OF_A_MOCK')
    expect(networkError(error, request, 'connect')).toBe(error)
    const upload = { ...request, body: Readable.from([]) }
    expect(networkError(failing('EHOSTDOWN'), upload, 'headers')).not.toBeInstanceOf(SessionError)
  })

  it('is passed on if the body failed with it', () => {
    const error = failing('EISDIR', { syscall: 'read' })
    const body = { errored: error } as never
    expect(networkError(error, { ...request, body }, 'connect')).toBe(error)
  })
})

describe('markStep', () => {
  it('of the caller’s code is passed on, whatever its code', async () => {
    const error = failing('ECONNREFUSED')
    await atStep('caller', () => Promise.reject(error)).catch(() => {})
    expect(networkError(error, request, 'connect')).toBe(error)
  })

  it('keeps the first recorded step', () => {
    const error = markStep('tls', failing('ENETDOWN'))
    expect(networkError(markStep('lookup', error), request, 'connect')).toBeInstanceOf(TlsError)
  })
})
