import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AuthError, Session } from '@session-fetch/node'
import { netrc } from '@session-fetch/node/netrc'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Echo, type EchoServer, startEchoServer } from '../echo-server.js'

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

  it('matches complete names only', async () => {
    await write('machine host login me password pw\nmachine 127.0.0 login me password pw\n')
    session.auth = netrc()
    expect(await sent()).toBeUndefined()
    expect(await sent(`http://localhost:${server.port}/`)).toBeUndefined()
  })

  it('sends the default if the option is set', async () => {
    await write('machine a.test login a password 1\ndefault login anyone password none\n')
    session.auth = netrc()
    expect(await sent()).toBeUndefined()
    session.auth = netrc(undefined, { default: true })
    expect(await sent()).toBe(basic('anyone:none'))
  })

  it('sends nothing to the host of a redirect', async () => {
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

  it('needs no file in the home folder, but requires a named one', async () => {
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

  it('refuses invalid syntax, without quoting it', async () => {
    await write('hidden words')
    session.auth = netrc()
    const error = await sent().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AuthError)
    expect(String(error)).not.toContain('hidden')
  })

  describe('beside curl and Python', () => {
    const run = promisify(execFile)
    const question =
      'import json, netrc, sys; print(json.dumps(netrc.netrc(sys.argv[1]).authenticators(sys.argv[2])))'

    const curls = async (): Promise<string | undefined> => {
      const { stdout } = await run('curl', ['-sS', '--noproxy', '*', '--netrc-file', file, server.url])
      return (JSON.parse(stdout) as Echo).headers['authorization']
    }
    const pythons = async (): Promise<string> => {
      const { stdout } = await run('/usr/bin/python3', ['-c', question, file, '127.0.0.1'])
      const [login, , password] = JSON.parse(stdout) as string[]
      return basic(`${login}:${password}`)
    }

    it.each<[string, string]>([
      ['LF', 'machine 127.0.0.1\nlogin me\npassword pw\n'],
      ['CRLF', 'machine 127.0.0.1\r\nlogin me\r\npassword pw\r\n'],
      ['CR', 'machine 127.0.0.1\rlogin me\rpassword pw\r'],
      ['tabs and blanks', 'machine\t127.0.0.1 \t\r\n\t login\tme\r\n  password \tpw\t \r\n'],
      ['a macro before it', 'macdef init\r\ncd /\r\nbin\r\n\r\nmachine 127.0.0.1 login me password pw\r\n'],
      ['a macro after it', 'machine 127.0.0.1 login me password pw\r\nmacdef x\r\ncd\r\n\r\n'],
      ['comments', '# c\r\nmachine 127.0.0.1 # c\r\nlogin me password pw # t\r\n'],
      ['quotes', 'machine 127.0.0.1 login "m e" password "p\\"w"\r\n'],
      ['UTF-8', 'machine 127.0.0.1 login mé password Łódź\r\n'],
      ['a space that is no blank', 'machine 127.0.0.1 login me password p\u00a0w\r\n'],
      ['a default', 'machine a.test login x password y\r\ndefault login me password pw\r\n'],
    ])('is read as both do: %s', async (_what, text) => {
      await write(text)
      session.auth = netrc(file, { default: true })
      expect([await sent(), await curls()]).toEqual([await pythons(), await pythons()])
    })

    it('is read with a byte order mark', async () => {
      await write('\ufeffmachine 127.0.0.1 login me password pw\r\n')
      session.auth = netrc(file)
      expect(await sent()).toBe(basic('me:pw'))
    })
  })

  it('reports an entry that is not UTF-8, and ignores other entries', async () => {
    const text = 'machine 127.0.0.1 login me password caf\xe9\nmachine localhost login other password pw\n'
    await writeFile(file, Buffer.from(text, 'latin1'), { mode: 0o600 })
    session.auth = netrc(file)
    const error = await session.get(server.url).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AuthError)
    expect(String(error)).toContain('the entry of 127.0.0.1 is not UTF-8')
    expect(String(error)).not.toContain('caf')
    expect(await sent(`http://localhost:${server.port}/`)).toBe(basic('other:pw'))
  })

  it('is no file in UTF-16', async () => {
    await writeFile(file, Buffer.from('\ufeffmachine 127.0.0.1 login me password pw', 'utf16le'), {
      mode: 0o600,
    })
    session.auth = netrc(file)
    await expect(session.get(server.url)).rejects.toThrow('is not a valid netrc file')
  })
})
