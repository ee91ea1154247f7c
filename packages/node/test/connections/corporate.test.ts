import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority } from '@session-fetch/test-support/certificates'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EchoServer, startEchoServer } from '../echo-server.js'
import { type Run, bundled, removePrograms } from '../run-script.js'

let get: Run
let secure: EchoServer
let caFile = ''
const closers: (() => unknown)[] = []

beforeAll(async () => {
  get = await bundled('one-get')
  const authority = await createAuthority()
  const answer = (_request: unknown, response: { end(text: string): unknown }): boolean => (
    response.end('ok'), true
  )
  secure = await startEchoServer({ certificate: await authority.issue(['DNS:localhost']), answer })
  const folder = await mkdtemp(join(tmpdir(), 'corporate-'))
  caFile = join(folder, 'ca.pem')
  await writeFile(caFile, authority.ca)
  closers.push(
    () => authority.close(),
    () => secure.close(),
    () => rm(folder, { recursive: true }),
    removePrograms,
  )
})
afterAll(async () => {
  for (const close of closers.splice(0)) await close()
})

describe('Session', () => {
  it('supports Node’s own settings: NODE_EXTRA_CA_CERTS adds certificate authorities', async () => {
    expect((await get.with({ env: { NODE_EXTRA_CA_CERTS: caFile } }, secure.url)).stdout).toBe('ok\n')
    expect((await get(secure.url)).stdout).toBe('ERR_TLS\n')
  })

  it('supports Node’s own settings: NODE_TLS_REJECT_UNAUTHORIZED does not disable verification', async () => {
    const { stdout } = await get.with({ env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } }, secure.url)
    expect(stdout).toBe('ERR_TLS\n')
  })

  it.each(['ipv4first', 'verbatim'])(
    'heeds Node’s own settings: --dns-result-order=%s is that of a session',
    async (order) => {
      const server = createServer(({ socket }, response) =>
        response.end(socket.localAddress?.replace('::ffff:', '')),
      )
      await new Promise<void>((resolve) => server.listen(0, resolve)) // on every address of this machine
      const { port } = server.address() as AddressInfo
      const flags = [`--dns-result-order=${order}`]
      const { stdout } = await get.with({ flags }, `http://localhost:${port}/`, 'first')
      const [first, used] = stdout.split('\n')
      expect(used).toBe(first)
      await new Promise((resolve) => server.close(resolve))
    },
  )

  it('supports Node’s own settings: net.setDefaultAutoSelectFamily does not prevent a second address', async () => {
    const server = createServer((_request, response) => response.end('ok'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const flags = ['--dns-result-order=verbatim'] // with ::1 first, where there is one
    expect((await get.with({ flags }, `http://localhost:${port}/`, 'no family')).stdout).toBe('ok\n')
    await new Promise((resolve) => server.close(resolve))
  })

  it('supports Node’s own settings: NODE_USE_ENV_PROXY does not change how a session reads HTTP_PROXY', async () => {
    const proxy = createServer(({ url }, response) => response.end(`by a proxy: ${url}`))
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    const env = {
      HTTP_PROXY: `http://127.0.0.1:${port}`,
      NO_PROXY: '',
      no_proxy: '',
      NODE_USE_ENV_PROXY: '1',
    }
    const { stdout } = await get.with({ env }, 'http://any.test/', 'environment')
    expect(stdout).toBe('by a proxy: http://any.test/\n')
    await new Promise((resolve) => proxy.close(resolve))
  })

  it('supports Node’s own settings: the permission model permits what it allows', async () => {
    const { allowedNodeEnvironmentFlags: known } = process
    const permission = known.has('--permission') ? '--permission' : '--experimental-permission'
    const net = known.has('--allow-net') ? ['--allow-net'] : []
    const server = await startEchoServer({ answer: (_request, response) => response.end('ok') !== null })
    const { stdout } = await get.with({ flags: [permission, '--allow-fs-read=*', ...net] }, server.url)
    expect(stdout).toBe('ok\n')
    await server.close()
  })
})
