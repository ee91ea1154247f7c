import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AuthError, Session } from '@session-fetch/node'
import { netrc } from '@session-fetch/node/netrc'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Echo, type EchoServer, startEchoServer } from './echo-server.js'

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

describe('netrc', () => {
  let folder: string
  let file: string
  let server: EchoServer
  let session: Session
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-fetch-'))
    file = join(folder, '.netrc')
    server = await startEchoServer()
    session = new Session({ trustEnv: false })
    vi.stubEnv('HOME', folder)
    vi.stubEnv('NETRC', undefined)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await session.close()
    await server.close()
    await rm(folder, { recursive: true })
  })

  const write = async (text: string, path = file): Promise<void> => {
    await writeFile(path, text)
    await chmod(path, 0o600)
  }
  const sent = async (url = server.url): Promise<string | undefined> =>
    (await session.get(url).json<Echo>()).headers['authorization']

  it('sends the login of the host’s own entry', async () => {
    await write('machine 127.0.0.1 login me password pä\nmachine localhost login other password pw\n')
    session.auth = netrc()
    expect(await sent()).toBe(basic('me:pä'))
    expect(await sent(`http://localhost:${server.port}/`)).toBe(basic('other:pw'))
  })

  it('matches whole names alone', async () => {
    await write('machine host login me password pw\nmachine 127.0.0 login me password pw\n')
    session.auth = netrc()
    expect(await sent()).toBeUndefined()
    expect(await sent(`http://localhost:${server.port}/`)).toBeUndefined()
  })

  it('sends the default where the option says so', async () => {
    await write('machine a.test login a password 1\ndefault login anyone password none\n')
    session.auth = netrc()
    expect(await sent()).toBeUndefined()
    session.auth = netrc(undefined, { default: true })
    expect(await sent()).toBe(basic('anyone:none'))
  })

  it('gives nothing to the host that a redirect leads to', async () => {
    await write('machine 127.0.0.1 login me password pw\nmachine localhost login other password pw\n')
    session.auth = netrc(file, { default: true })
    const target = encodeURIComponent(`http://localhost:${server.port}/`)
    expect(await sent(`${server.url}to?${target}`)).toBeUndefined()
    expect(server.seen[0]?.headers['authorization']).toBe(basic('me:pw'))
  })

  it('reads the file again when it has changed', async () => {
    await write('machine 127.0.0.1 login me password old')
    session.auth = netrc()
    expect(await sent()).toBe(basic('me:old'))
    await write('machine 127.0.0.1 login me password newer')
    expect(await sent()).toBe(basic('me:newer'))
  })

  it('takes NETRC from the environment when it is called without a path', async () => {
    const other = join(folder, 'other')
    await write('machine 127.0.0.1 login other password pw', other)
    await write('machine 127.0.0.1 login me password pw')
    vi.stubEnv('NETRC', other)
    session.auth = netrc()
    expect(await sent()).toBe(basic('other:pw'))
    session.auth = netrc(file)
    expect(await sent()).toBe(basic('me:pw'))
  })

  it('needs no file in the home folder, and the one that is named', async () => {
    session.auth = netrc()
    expect(await sent()).toBeUndefined()
    session.auth = netrc(join(folder, 'gone'))
    await expect(sent()).rejects.toThrow(AuthError)
  })

  it.each([0o644, 0o660, 0o604, 0o610])('refuses a file of mode %o', async (mode) => {
    await write('machine 127.0.0.1 login me password hidden')
    await chmod(file, mode)
    session.auth = netrc()
    await expect(sent()).rejects.toThrow('chmod 600')
    expect(server.seen).toHaveLength(0)
  })

  it('refuses what it does not understand, without showing it', async () => {
    await write('hidden words')
    session.auth = netrc()
    const error = await sent().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AuthError)
    expect(String(error)).not.toContain('hidden')
  })
})
