import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CallOptions, unixSocketTransport } from '@session-fetch/node'
import { ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { atEnd, sessionOver } from '../fault-stage.js'
import { sendings } from './bodies.js'
import { type WireRequest, onlyRequest, parseRequests, valuesOf } from './parse-requests.js'
import { Random } from './random.js'
import { startRecorder } from './recorder.js'

/** Sends a request, and another one after it, and returns the first as the server had it. */
async function sent(method: string, call: CallOptions, path = ''): Promise<WireRequest> {
  const recorder = await startRecorder()
  const session = sessionOver('sockets', { timeout: null })
  await (await session.request(method, `${recorder.url}${path}`, call)).bytes()
  await session.get(`${recorder.url}next`).text()
  const requests = parseRequests(recorder.raw(0))
  expect(requests.map(({ target }) => target).slice(1)).toEqual(['/next'])
  expect(recorder.connections()).toBe(1)
  return onlyRequest(requests.slice(0, 1))
}

describe('body, as bytes on the wire,', () => {
  const named = sendings.map((each) => [each.name, each.method, each] as const)

  it.each(named)('(%s, of %s) is framed once, and is there to the byte', async (_name, _method, sending) => {
    const { method, fields, framing, body } = await sent(sending.method, sending.call())
    expect(method).toBe(sending.method)
    expect(framing).toMatch(
      sending.framing === 'length or chunked' ? /^(?:length|chunked)$/ : sending.framing,
    )
    expect(Buffer.from(body, 'latin1').equals(Buffer.from(sending.body, 'latin1'))).toBe(true)
    expect(valuesOf({ fields }, 'content-type')).toEqual(sending.type === undefined ? [] : [sending.type])
  })

  it('that is a form with a file is as long as it says, and reads as it was', async () => {
    const form = new FormData()
    form.append('n\xe4me"\r\n', 'v\u20ac\r\nline')
    form.append('file', new File([new Uint8Array([0, 255, 13, 10])], 'a"b.bin', { type: 'x/y' }))
    const { fields, framing, body } = await sent('POST', { body: form })
    expect(framing).toBe('length')
    const headers = { 'Content-Type': valuesOf({ fields }, 'content-type').join() }
    const read = await new Response(Buffer.from(body, 'latin1'), { headers }).formData()
    expect(read.get('n\xe4me"\r\n')).toBe('v\u20ac\r\nline')
    expect(Buffer.from(await (read.get('file') as File).arrayBuffer())).toEqual(Buffer.from([0, 255, 13, 10]))
  })

  it('keeps to its request, however many there are at once', async () => {
    const recorder = await startRecorder()
    const session = sessionOver('sockets', { connections: 4, timeout: null })
    const random = new Random(20_26)
    const all = Array.from({ length: 100 }, () => sendings[random.below(sendings.length)] ?? sendings[0])
    await Promise.all(
      all.map(async (sending, index) =>
        (await session.request(sending?.method ?? '', `${recorder.url}${index}`, sending?.call())).bytes(),
      ),
    )
    const requests = [0, 1, 2, 3].flatMap((connection) => parseRequests(recorder.raw(connection)))
    expect(requests).toHaveLength(all.length)
    for (const { target, method, body } of requests) {
      const sending = all[Number(target.slice(1))]
      expect(method).toBe(sending?.method)
      expect(body === sending?.body).toBe(true)
    }
  })
})

describe('session.request: the head', () => {
  it('has Host first, once, and each name in lower case', async () => {
    const { fields } = await sent('POST', { body: 'x', headers: { 'X-UPPER': '1', Accept: 'a/b' } })
    const names = fields.map(([name]) => name)
    expect(names[0]).toBe('host')
    expect(names).toEqual([...new Set(names)].map((name) => name.toLowerCase()))
    expect(names).toContain('x-upper')
    expect(valuesOf({ fields }, 'connection')).toEqual(['keep-alive'])
  })

  it.each([
    ['latin-1', 'caf\xe9\xff\x80', 'caf\xe9\xff\x80'],
    ['a tab', 'a\tb', 'a\tb'],
    ['blanks around', ' \ta b\t ', 'a b'],
    ['no-break spaces', '\xa0a\xa0', '\xa0a\xa0'],
    ['nothing', '', ''],
    ['colons and commas', 'a: b, c:d', 'a: b, c:d'],
    ['a long text', 'x'.repeat(8000), 'x'.repeat(8000)],
  ])('carries %s in a value', async (_name, value, written) => {
    const { fields } = await sent('GET', { headers: { 'X-A': value } })
    expect(valuesOf({ fields }, 'x-a')).toEqual([written])
  })

  it.each([
    ['a path', 'a/b', '/a/b'],
    ['no path', '', '/'],
    ['a query', '?a=b&c', '/?a=b&c'],
    ['a fragment', 'a?b#c?d', '/a?b'],
    ['a blank and a tab', 'a b\tc', '/a%20bc'],
    ['line ends', 'a\r\nX: b', '/aX:%20b'],
    ['line ends that are encoded', 'a%0d%0aX:%20b', '/a%0d%0aX:%20b'],
    ['NUL that is encoded', 'a%00', '/a%00'],
    ['other letters', '\u20ac?\u20ac', '/%E2%82%AC?%E2%82%AC'],
    ['double slashes', '/a//b', '//a//b'],
    ['dots', 'a/../b/./c', '/b/c'],
    ['an at sign', '@b:1/', '/@b:1/'],
    ['a backslash', 'a\\b', '/a/b'],
  ])('has the target of a URL with %s', async (_name, path, target) => {
    expect((await sent('GET', {}, path)).target).toBe(target)
  })

  it.each([
    ['purge', 'PURGE'],
    ['m-search', 'M-SEARCH'],
    ['patch', 'PATCH'],
    ["!#$%&'*+-.^_`|~", "!#$%&'*+-.^_`|~"],
  ])('has the method %s as %s', async (given, method) => {
    expect((await sent(given, {})).method).toBe(method)
  })
})

describe('headers: Host', () => {
  it.each([
    ['http://example.test/', 'example.test'],
    ['http://example.test:80/', 'example.test'],
    ['http://example.test:8080/', 'example.test:8080'],
    ['http://EXAMPLE.test/', 'example.test'],
    ['http://example.test./', 'example.test.'],
    ['http://user:secret@example.test/', 'example.test'],
    ['http://b\xfccher.test/', 'xn--bcher-kva.test'],
    ['http://[::1]/', '[::1]'],
    ['http://[0:0::1]:80/', '[::1]'],
    ['http://[::1]:8080/', '[::1]:8080'],
    ['http://127.1:8080/', '127.0.0.1:8080'],
  ])('of %s is %s', async (url, host) => {
    const folder = await mkdtemp(join(tmpdir(), 'session-fetch-'))
    atEnd(() => rm(folder, { recursive: true }))
    const path = join(folder, 'wire.sock')
    const read: Buffer[] = []
    const server = createServer((socket) => {
      socket.on('data', (bytes: Buffer) => {
        read.push(bytes)
        socket.write(ok())
      })
    })
    await new Promise<void>((resolve) => server.listen(path, resolve))
    atEnd(() => server.close())
    const session = sessionOver('sockets')
    session.mount(new URL(url).origin, unixSocketTransport(path))
    await session.get(url).text()
    const request = onlyRequest(parseRequests(Buffer.concat(read).toString('latin1')))
    expect(valuesOf(request, 'host')).toEqual([host])
  })

  it('of a server on IPv6 has brackets and its port', async () => {
    const server = createServer((socket) => {
      socket.on('data', (bytes: Buffer) => {
        const host = valuesOf(onlyRequest(parseRequests(bytes.toString('latin1'))), 'host')
        socket.write(ok(host.join()))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '::1', resolve))
    atEnd(() => server.close())
    const { port } = server.address() as AddressInfo // it listens on TCP
    expect(await sessionOver('sockets').get(`http://[::1]:${port}/`).text()).toBe(`[::1]:${port}`)
  })

  it('that a caller names is sent in place of the URL’s, once', async () => {
    const { fields } = await sent('GET', { headers: { Host: 'other.test' } })
    expect(fields.filter(([name]) => name === 'host')).toEqual([['host', 'other.test']])
  })
})
