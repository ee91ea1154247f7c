import { readdirSync, statSync } from 'node:fs'
import {
  type FileHandle,
  link,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  type Download,
  type DownloadOptions,
  FileError,
  HttpError,
  InvalidRequestError,
  type Progress,
  ProtocolError,
  SessionClosedError,
  SessionError,
  TimeoutError,
  TruncatedError,
} from '@session-fetch/node'
import { type FaultServer, type Visit, head, ok } from '@session-fetch/test-support/fault-server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ServedFile, serving } from './range-server.js'
import { TRANSPORTS, holdTimers, serve, sessionOver } from '../fault-stage.js'

const OLD = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
const NEW = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 241))
const V1 = ['ETag: "v1"']

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'))
  path = join(folder, 'file.bin')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

/** Downloads to `path` with a separate session. */
function download(
  server: FaultServer,
  options?: DownloadOptions,
  over: (typeof TRANSPORTS)[number] = 'sockets',
): Promise<Download> {
  return sessionOver(over).download(server.url, path, options)
}

/** Loses the connection after 100 000 bytes, and leaves what came. */
async function interrupted(file: ServedFile, server?: FaultServer): Promise<FaultServer> {
  const started = server ?? (await serve(serving(file)))
  file.cutAfter = 100_000
  await expect(download(started, { resume: true })).rejects.toBeInstanceOf(TruncatedError)
  delete file.cutAfter
  return started
}

/** What is in the folder besides the file. */
async function leftovers(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name !== 'file.bin')
}

const ranges = (server: FaultServer): (string | undefined)[] =>
  server.requests.map(({ headers }) => headers['range'])

describe.each(TRANSPORTS)('session.download, over %s,', (transport) => {
  it('writes the complete body to the file, and no other file', async () => {
    const server = await serve(serving({ bytes: OLD, version: V1 }))
    const done = await download(server, {}, transport)
    expect(done).toMatchObject({ path, bytes: OLD.length, resumed: false })
    expect([done.response.status, done.response.bodyUsed]).toEqual([200, true])
    expect((await readFile(path)).equals(OLD)).toBe(true)
    expect(await leftovers()).toEqual([])
    expect(server.requests[0]?.headers).toMatchObject({ 'accept-encoding': 'identity' })
  })

  it('leaves no file behind if the body is truncated', async () => {
    const server = await serve(serving({ bytes: OLD, version: V1, cutAfter: 100_000 }))
    await expect(download(server, {}, transport)).rejects.toBeInstanceOf(TruncatedError)
    expect(await readdir(folder)).toEqual([])
  })

  it('requests the rest of an interrupted download', async () => {
    const server = await interrupted({ bytes: OLD, version: V1 })
    expect((await stat(`${path}.part`)).size).toBe(100_000)
    const done = await download(server, { resume: true }, transport)
    expect(done).toMatchObject({ bytes: OLD.length, resumed: true })
    expect(done.response.status).toBe(206)
    expect((await readFile(path)).equals(OLD)).toBe(true)
    expect(await leftovers()).toEqual([])
    expect(server.requests[1]?.headers).toMatchObject({ range: 'bytes=100000-', 'if-range': '"v1"' })
  })

  it('restarts if the file has changed', async () => {
    const file = { bytes: OLD, version: V1 }
    const server = await interrupted(file)
    Object.assign(file, { bytes: NEW, version: ['ETag: "v2"'] })
    expect(await download(server, { resume: true }, transport)).toMatchObject({ resumed: false })
    expect((await readFile(path)).equals(NEW)).toBe(true)
    expect(await leftovers()).toEqual([])
  })

  it('ends at an abort, closes the connection and leaves no file behind', async () => {
    const server = await serve((visit) => visit.send(`${head('200 OK', 'Content-Length: 10')}first`))
    const abort = new AbortController()
    const call = download(
      server,
      { signal: abort.signal, onDownloadProgress: ({ bytes }) => void (bytes > 0 && abort.abort()) },
      transport,
    )
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    expect(await readdir(folder)).toEqual([])
    await server.whenOpen(0)
  })
})

describe('session.download', () => {
  it('replaces a file atomically, with its permissions', async () => {
    await writeFile(path, 'old', { mode: 0o640 })
    const held: { visit?: (bytes: Buffer) => void } = {}
    const server = await serve((visit) => {
      held.visit = visit.send
      visit.send(`${head('200 OK', 'Content-Length: 10')}first`)
    })
    const seen: string[] = []
    const call = download(server, {
      onDownloadProgress({ bytes }) {
        if (bytes === 5)
          void readFile(path, 'utf8').then((text) => (seen.push(text), held.visit?.(Buffer.from('after'))))
      },
    })
    await call
    expect([seen, await readFile(path, 'utf8')]).toEqual([['old'], 'firstafter'])
    expect((await stat(path)).mode & 0o777).toBe(0o640)
  })

  it('creates files with the given permissions', async () => {
    const server = await serve((visit) => visit.send(ok('secret')))
    const modes = new Set<number>()
    const look = (): void => {
      for (const name of readdirSync(folder)) modes.add(statSync(join(folder, name)).mode & 0o777)
    }
    await download(server, { permissions: 0o600, onDownloadProgress: look })
    expect([...modes]).toEqual([0o600])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await rm(path)
    await download(server)
    expect((await stat(path)).mode & 0o777).toBe(0o666 & ~process.umask())
  })

  it('replaces a link, not its target', async () => {
    const other = join(folder, 'other')
    await writeFile(other, 'mine')
    await symlink(other, path)
    await download(await serve((visit) => visit.send(ok('new'))))
    expect([await readFile(other, 'utf8'), await readFile(path, 'utf8')]).toEqual(['mine', 'new'])
    expect((await stat(path)).nlink).toBe(1)
  })

  it.each(['200 OK', '204 No Content'])('writes an empty file for an empty body: %s', async (status) => {
    const fields = status.startsWith('200') ? ['Content-Length: 0'] : []
    const done = await download(await serve((visit) => visit.send(head(status, ...fields))))
    expect([done.bytes, (await stat(path)).size]).toEqual([0, 0])
  })

  it('writes a body of unknown length', async () => {
    const server = await serve((visit) =>
      visit.send(`${head('200 OK', 'Transfer-Encoding: chunked')}5\r\nwhole\r\n0\r\n\r\n`),
    )
    expect(await download(server, { resume: true })).toMatchObject({ bytes: 5 })
    expect(await readFile(path, 'utf8')).toBe('whole')
  })

  it('is a call like any other: base URL, params, headers, cookies and redirects', async () => {
    const server = await serve(({ request, send }) =>
      send(
        request.target.startsWith('/start')
          ? head('302 Found', 'Location: /end', 'Set-Cookie: sid=1', 'Content-Length: 0')
          : ok(JSON.stringify(request.headers)),
      ),
    )
    const session = sessionOver('sockets', { baseUrl: server.url, headers: { 'X-App': 'demo' } })
    const { response } = await session.download('start', path, { params: { a: 1 } })
    expect([response.url, response.history.length]).toEqual([`${server.url}end`, 1])
    expect(server.requests[0]?.target).toBe('/start?a=1')
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ 'x-app': 'demo', cookie: 'sid=1' })
  })

  it('syncs the file before it is renamed, on request', async () => {
    const probe = await open(join(folder, 'probe'), 'w')
    const prototype = Object.getPrototypeOf(probe) as FileHandle
    await probe.close()
    const sync = vi.spyOn(prototype, 'sync')
    const server = await serve((visit) => visit.send(ok('body')))
    await download(server)
    expect(sync).not.toHaveBeenCalled()
    await download(server, { fsync: true })
    expect(sync).toHaveBeenCalledTimes(2) // the file and its folder
  })
})

describe('session.download with resume', () => {
  it('restarts if the server responds to the range with the whole file', async () => {
    const file: ServedFile = { bytes: OLD, version: V1, ignoresRanges: true }
    const server = await interrupted(file)
    expect(await download(server, { resume: true })).toMatchObject({ bytes: OLD.length, resumed: false })
    expect((await readFile(path)).equals(OLD)).toBe(true)
    expect(ranges(server)).toEqual([undefined, 'bytes=100000-'])
  })

  it('restarts at a 416', async () => {
    const answerRange: ServedFile['answerRange'] = ({ send }) =>
      send(head('416 Range Not Satisfiable', 'Content-Range: bytes */50', 'Content-Length: 0'))
    const server = await interrupted({ bytes: OLD, version: V1, answerRange })
    // A session for which every failure throws, too.
    const session = sessionOver('sockets', { throwHttpErrors: true })
    expect(await session.download(server.url, path, { resume: true })).toMatchObject({ resumed: false })
    expect((await readFile(path)).equals(OLD)).toBe(true)
    expect(ranges(server)).toEqual([undefined, 'bytes=100000-', undefined])
    expect(server.connections()).toBe(2)
  })

  const rest = OLD.subarray(100_000)
  const good = 'Content-Range: bytes 100000-299999/300000'
  it.each([
    ['another version', ['ETag: "v2"', good]],
    ['no version', [good]],
    ['another start', [...V1, 'Content-Range: bytes 99999-299998/300000']],
    ['another length', [...V1, 'Content-Range: bytes 100000-299999/300001']],
    ['an unknown length', [...V1, 'Content-Range: bytes 100000-299999/*']],
    ['no range', V1],
    ['a coding', [...V1, good, 'Content-Encoding: gzip']],
  ])('starts over when the part that comes is of %s', async (_what, lines) => {
    const answerRange: ServedFile['answerRange'] = ({ send }) =>
      send(
        Buffer.concat([
          Buffer.from(head('206 Partial Content', `Content-Length: ${rest.length}`, ...lines)),
          rest,
        ]),
      )
    const server = await interrupted({ bytes: OLD, version: V1, answerRange })
    expect(await download(server, { resume: true })).toMatchObject({ bytes: OLD.length, resumed: false })
    expect((await readFile(path)).equals(OLD)).toBe(true)
    expect(ranges(server)).toEqual([undefined, 'bytes=100000-', undefined])
  })

  it('continues from the end of a part that was truncated again', async () => {
    const file: ServedFile = { bytes: OLD, version: V1 }
    const server = await interrupted(file)
    await interrupted(file, server)
    expect(await download(server, { resume: true })).toMatchObject({ bytes: OLD.length, resumed: true })
    expect((await readFile(path)).equals(OLD)).toBe(true)
    expect(ranges(server)).toEqual([undefined, 'bytes=100000-', 'bytes=200000-'])
  })

  it('keeps a truncated part, and does not rename it to the file', async () => {
    const some = OLD.subarray(100_000, 150_000)
    const answerRange: ServedFile['answerRange'] = ({ send }) =>
      send(
        Buffer.concat([
          Buffer.from(
            head(
              '206 Partial Content',
              'Content-Length: 50000',
              ...V1,
              'Content-Range: bytes 100000-149999/300000',
            ),
          ),
          some,
        ]),
      )
    const server = await interrupted({ bytes: OLD, version: V1, answerRange })
    await expect(download(server, { resume: true })).rejects.toThrow('150000 of 300000 bytes were received')
    expect((await readFile(`${path}.part`)).equals(OLD.subarray(0, 150_000))).toBe(true)
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  it('refuses bytes beyond the file’s end', async () => {
    const answerRange: ServedFile['answerRange'] = ({ end }) =>
      end(Buffer.concat([Buffer.from(head('206 Partial Content', 'Connection: close', ...V1, good)), OLD]))
    const server = await interrupted({ bytes: OLD, version: V1, answerRange })
    await expect(download(server, { resume: true })).rejects.toBeInstanceOf(ProtocolError)
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  it('requests the last byte of a file that is complete but not renamed yet', async () => {
    const file: ServedFile = { bytes: OLD, version: V1 }
    const server = await interrupted(file)
    await writeFile(`${path}.part`, OLD)
    expect(await download(server, { resume: true })).toMatchObject({ bytes: OLD.length, resumed: true })
    expect((await readFile(path)).equals(OLD)).toBe(true)
    expect(ranges(server)).toEqual([undefined, 'bytes=299999-'])
  })

  it.each([
    ['a weak ETag', ['ETag: W/"v1"']],
    ['none', []],
    ['a Last-Modified without a date', ['Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT']],
    [
      'a Last-Modified of just now',
      ['Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT', 'Date: Tue, 15 Nov 1994 12:45:27 GMT'],
    ],
    ['an ETag of a coded body', [...V1, 'Content-Encoding: identity, gzip']],
  ])('keeps nothing where the version is %s', async (_what, version) => {
    const server = await serve(serving({ bytes: OLD, version, cutAfter: 100_000 }))
    await expect(download(server, { resume: true })).rejects.toBeInstanceOf(SessionError)
    expect(await readdir(folder)).toEqual([])
  })

  it('uses a Last-Modified that is old enough', async () => {
    const modified = 'Tue, 15 Nov 1994 12:45:26 GMT'
    const version = [`Last-Modified: ${modified}`, 'Date: Tue, 15 Nov 1994 12:46:30 GMT']
    const server = await interrupted({ bytes: OLD, version })
    expect(await download(server, { resume: true })).toMatchObject({ resumed: true })
    expect(server.requests[1]?.headers['if-range']).toBe(modified)
  })

  it.each([
    ['of another URL', async (server: FaultServer) => `${server.url}other`],
    ['whose note is gone', async (server: FaultServer) => (await rm(`${path}.part.json`), server.url)],
    [
      'whose note is nonsense',
      async (server: FaultServer) => (await writeFile(`${path}.part.json`, '{'), server.url),
    ],
  ])('makes no use of a part %s', async (_what, change) => {
    const server = await interrupted({ bytes: OLD, version: V1 })
    const url = await change(server)
    const done = await sessionOver('sockets').download(url, path, { resume: true })
    expect([done.resumed, ranges(server)]).toEqual([false, [undefined, undefined]])
    expect((await readFile(path)).equals(OLD)).toBe(true)
    expect(await leftovers()).toEqual([])
  })

  it('has no validator file that does not match the part', async () => {
    const file: ServedFile = { bytes: OLD, version: V1 }
    const server = await interrupted(file)
    Object.assign(file, { bytes: NEW, version: [] })
    const seen = new Set<string>()
    const look = (): void => readdirSync(folder).forEach((name) => seen.add(name))
    await download(server, { resume: true, onDownloadProgress: look })
    expect([...seen].sort()).toEqual(['file.bin.part', 'file.bin.part.lock'])
  })

  it('stores no URL, because its query may be secret', async () => {
    const file: ServedFile = { bytes: OLD, version: V1, cutAfter: 100_000 }
    const server = await serve(serving(file))
    const call = sessionOver('sockets').download(`${server.url}?token=c4nary`, path, { resume: true })
    await expect(call).rejects.toBeInstanceOf(TruncatedError)
    expect(await readFile(`${path}.part.json`, 'utf8')).not.toContain('c4nary')
    expect((await stat(`${path}.part.json`)).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['an abort', 'AbortError', (abort: AbortController) => abort.abort()],
    ['a deadline', 'TimeoutError', (_abort: AbortController, pass: (ms: number) => void) => pass(200)],
  ])('keeps what came before %s', async (_what, name, stop) => {
    const pass = holdTimers()
    const visits: ((bytes: Buffer) => void)[] = []
    const server = await serve((visit) => {
      visits.push(visit.send)
      visit.send(head('200 OK', `Content-Length: ${OLD.length}`, ...V1))
      visit.send(OLD.subarray(0, 1000))
    })
    const abort = new AbortController()
    const call = download(server, {
      resume: true,
      signal: abort.signal,
      timeout: { total: 200 },
      onDownloadProgress: ({ bytes }) => (bytes > 0 ? stop(abort, pass) : undefined),
    })
    await expect(call).rejects.toMatchObject({ name })
    expect((await stat(`${path}.part`)).size).toBe(1000)
    expect((await leftovers()).sort()).toEqual(['file.bin.part', 'file.bin.part.json'])
    await server.whenOpen(0)
  })

  it('keeps the part if the server fails temporarily', async () => {
    let isDown = false
    const file: ServedFile = { bytes: OLD, version: V1 }
    const server = await serve((visit) =>
      isDown ? visit.send(head('503 Busy', 'Content-Length: 0')) : serving(file)(visit),
    )
    await interrupted(file, server)
    isDown = true
    await expect(download(server, { resume: true })).rejects.toBeInstanceOf(HttpError)
    isDown = false
    expect(await download(server, { resume: true })).toMatchObject({ resumed: true, bytes: OLD.length })
  })
})

describe('session.download that fails', () => {
  it.each([
    ['a failure', head('404 Not Found', 'Content-Length: 4') + 'none'],
    ['a redirect that is not followed', head('302 Found', 'Location: /', 'Content-Length: 0')],
    ['a cached copy’s confirmation', head('304 Not Modified')],
  ])('for %s is an HttpError, and there is no file', async (_what, answer) => {
    const server = await serve((visit) => visit.send(answer))
    for (const resume of [false, true]) {
      const error = await download(server, { resume, redirect: 'manual' }).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(HttpError)
      expect(await readdir(folder)).toEqual([])
      if (answer.endsWith('none')) expect(await (error as HttpError).response.text()).toBe('none')
    }
  })

  it('with an unrequested range is a ProtocolError', async () => {
    const answer = `${head('206 Partial Content', 'Content-Length: 4', 'Content-Range: bytes 0-3/9')}part`
    await expect(download(await serve((visit) => visit.send(answer)))).rejects.toBeInstanceOf(ProtocolError)
    expect(await readdir(folder)).toEqual([])
  })

  it.each([
    ['a folder that is not there', () => join(folder, 'none', 'file'), 'ENOENT'],
    ['a folder that is a file', () => join(folder, 'plain', 'file'), 'ENOTDIR'],
    ['a name that is a folder', () => join(folder, 'sub'), 'EISDIR'],
    ['a name that is too long', () => join(folder, 'x'.repeat(256)), 'ENAMETOOLONG'],
  ])('for %s is a FileError, and nothing is sent', async (_what, target, code) => {
    await writeFile(join(folder, 'plain'), '')
    await mkdir(join(folder, 'sub'))
    const server = await serve((visit) => visit.send(ok('body')))
    for (const resume of [false, true]) {
      const error = await sessionOver('sockets')
        .download(server.url, target(), { resume })
        .catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(FileError)
      expect(error).toMatchObject({
        code: 'ERR_FILE',
        message: expect.stringContaining(`(${code})`),
        cause: { code },
      })
    }
    expect(server.connections()).toBe(0)
    expect((await readdir(folder)).sort()).toEqual(['plain', 'sub'])
  })

  it.each([
    ['a link', (part: string, other: string) => symlink(other, part)],
    ['a second name of another file', (part: string, other: string) => link(other, part)],
  ])('for a part that is %s is a FileError, and touches nothing', async (_what, plant) => {
    const other = join(folder, 'other')
    await writeFile(other, 'mine')
    await plant(`${path}.part`, other)
    const server = await serve(serving({ bytes: OLD, version: V1 }))
    await expect(download(server, { resume: true })).rejects.toBeInstanceOf(FileError)
    expect([await readFile(other, 'utf8'), server.connections()]).toEqual(['mine', 0])
    expect((await readdir(folder)).sort()).toEqual(['file.bin.part', 'other'])
  })

  it.each([false, true])('with a full disk is a FileError (resume: %s)', async (resume) => {
    const probe = await open(join(folder, 'probe'), 'w')
    const prototype = Object.getPrototypeOf(probe) as FileHandle
    await probe.close()
    await rm(join(folder, 'probe'))
    const server = await serve(({ send }) => {
      vi.spyOn(prototype, 'write').mockRejectedValue(Object.assign(new Error('full'), { code: 'ENOSPC' }))
      send(Buffer.concat([Buffer.from(head('200 OK', 'Content-Length: 9000000', ...V1)), OLD]))
    })
    const error = await download(server, { resume }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'FileError', cause: { code: 'ENOSPC' } })
    expect(await readdir(folder)).toEqual([])
    await server.whenOpen(0)
  })

  it('with a listener that throws rejects with its error', async () => {
    const server = await serve(serving({ bytes: OLD, version: V1 }))
    const error = new Error('enough')
    const call = download(server, {
      onDownloadProgress({ bytes }) {
        if (bytes > 0) throw error
      },
    })
    await expect(call).rejects.toBe(error)
    expect(await readdir(folder)).toEqual([])
    await server.whenOpen(0)
  })

  const part = head(
    '206 Partial Content',
    `Content-Length: ${OLD.length}`,
    `Content-Range: bytes 0-${OLD.length - 1}/600000`,
  )
  const whole = head('200 OK', `Content-Length: ${OLD.length}`)
  const complain = (): void => {
    throw new RangeError('enough')
  }
  it.each<[string, string, string, DownloadOptions]>([
    ['for a part that nobody asked for', 'ProtocolError', part, {}],
    ['for a listener that throws at once', 'RangeError', whole, { onDownloadProgress: complain }],
    ['for a note that cannot be replaced', 'FileError', whole, { resume: true }],
  ])('%s leaves its connection to the next call', async (_what, name, answer, options) => {
    await mkdir(`${path}.part.json`)
    const server = await serve(({ request, send }) =>
      send(request.target === '/next' ? ok('next') : Buffer.concat([Buffer.from(answer), OLD])),
    )
    const session = sessionOver('sockets', { connections: 1 })
    await expect(session.download(server.url, path, options)).rejects.toMatchObject({ name })
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
    expect(await session.get(`${server.url}next`).text()).toBe('next')
    expect(await readdir(folder)).toEqual(['file.bin.part.json'])
  })

  it('with a closed session is a SessionClosedError', async () => {
    const server = await serve((visit) => visit.send(`${head('200 OK', 'Content-Length: 10')}first`))
    const session = sessionOver('sockets')
    const call = session.download(server.url, path, {
      onDownloadProgress: ({ bytes }) => void (bytes && session.close()),
    })
    await expect(call).rejects.toBeInstanceOf(SessionClosedError)
    expect(await readdir(folder)).toEqual([])
  })

  it.each(['Range', 'If-Range'])('for a %s of the caller’s sends nothing', async (name) => {
    const server = await serve((visit) => visit.send(ok('body')))
    await expect(download(server, { headers: { [name]: 'bytes=0-1' } })).rejects.toBeInstanceOf(
      InvalidRequestError,
    )
    expect(server.connections()).toBe(0)
  })
})

describe('session.download and time', () => {
  it('uses a number as the limit between bytes', async () => {
    const pass = holdTimers()
    const visits: Visit[] = []
    const server = await serve((visit) => {
      visits.push(visit)
      visit.send(head('200 OK', 'Content-Length: 5'))
    })
    const goOn = ({ bytes }: Progress): void => {
      pass(200)
      if (bytes < 5) visits[0]?.send('x')
    }
    expect(await download(server, { timeout: 250, onDownloadProgress: goOn })).toMatchObject({ bytes: 5 })
    const silent = await serve(({ send }) => send(`${head('200 OK', 'Content-Length: 5')}x`))
    const fallSilent = ({ bytes }: Progress): void => void (bytes === 1 && setImmediate(pass, 100))
    const options = { timeout: 100, onDownloadProgress: fallSilent }
    const error = await download(silent, options).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ phase: 'body' })
  })

  it('uses a number as the limit for a connection, too', async () => {
    const session = sessionOver('sockets', { lookup: () => {} })
    const call = session.download('http://name.test/', path, { timeout: 100 })
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError', phase: 'attempt' })
  })
})

describe('session.download and progress', () => {
  it('reports the file, including the bytes received before', async () => {
    const file: ServedFile = { bytes: OLD, version: V1 }
    const server = await interrupted(file)
    const told: Progress[] = []
    await download(server, { resume: true, onDownloadProgress: (progress) => void told.push(progress) })
    expect([told[0], told.at(-1)]).toEqual([
      { bytes: 100_000, total: 300_000 },
      { bytes: 300_000, total: 300_000 },
    ])
    expect(told.length).toBeGreaterThan(2)
  })

  it('calls the session’s listener once per chunk', async () => {
    const told: Progress[] = []
    const session = sessionOver('sockets', { onDownloadProgress: (progress) => void told.push(progress) })
    await session.download((await serve((visit) => visit.send(ok('body')))).url, path)
    expect(told).toEqual([
      { bytes: 0, total: 4 },
      { bytes: 4, total: 4 },
    ])
  })
})

describe('session.download: two to one path', () => {
  it.each([false, true])(
    'at the same time are each whole, and the last one stands (resume: %s)',
    async (resume) => {
      const visits: (() => void)[] = []
      const server = await serve(({ request, send }) => {
        const bytes = request.target === '/old' ? OLD : NEW
        send(head('200 OK', `Content-Length: ${bytes.length}`, `ETag: "${request.target}"`))
        send(bytes.subarray(0, 1000))
        visits.push(() => send(bytes.subarray(1000)))
      })
      const session = sessionOver('sockets')
      const first = session.download(`${server.url}old`, path, { resume })
      const second = session.download(`${server.url}new`, path, { resume })
      await server.whenRequests(2)
      expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toHaveLength(2)
      for (const finish of visits) finish()
      expect(await Promise.all([first, second])).toMatchObject([{ bytes: OLD.length }, { bytes: NEW.length }])
      const bytes = await readFile(path)
      expect(bytes.equals(OLD) || bytes.equals(NEW)).toBe(true)
      expect(await leftovers()).toEqual([])
    },
  )
})

describe('session.download: a body that is coded all the same', () => {
  it('is written as it is read', async () => {
    const server = await serve((visit) => visit.send(ok(gzipSync(OLD), 'Content-Encoding: gzip', ...V1)))
    expect(await download(server, { resume: true })).toMatchObject({ bytes: OLD.length, resumed: false })
    expect((await readFile(path)).equals(OLD)).toBe(true)
  })
})
