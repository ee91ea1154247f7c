import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Session } from '@session-fetch/node'
import { head } from '@session-fetch/test-support/fault-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServedFile, serving } from './range-server.js'
import { atEnd, serve } from '../fault-stage.js'

const script = fileURLToPath(new URL('download.mjs', import.meta.url))
const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-processes-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('session.download: one whose process is killed', () => {
  it('is resumed by another process', async () => {
    const path = join(folder, 'file.bin')
    const file: ServedFile = { bytes, version: ['ETag: "v1"'] }
    const server = await serve((visit) => {
      if (server.requests.length > 1) return serving(file)(visit)
      visit.send(head('200 OK', `Content-Length: ${bytes.length}`, ...file.version))
      visit.send(bytes.subarray(0, 100_000))
    })
    const child = spawn(process.execPath, [script, server.url, path], { stdio: 'inherit' })
    atEnd(() => child.kill('SIGKILL'))
    const size = (): Promise<number> =>
      stat(`${path}.part`).then(
        (stats) => stats.size,
        () => 0,
      )
    await expect.poll(size, { timeout: 20_000, interval: 10 }).toBe(100_000)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await readdir(folder)).sort()).toEqual([
      'file.bin.part',
      'file.bin.part.json',
      'file.bin.part.lock',
    ])
    const session = new Session()
    expect(await session.download(server.url, path, { resume: true })).toMatchObject({ resumed: true })
    await session.close()
    expect((await readFile(path)).equals(bytes)).toBe(true)
    expect(await readdir(folder)).toEqual(['file.bin'])
    expect(server.requests[1]?.headers).toMatchObject({ range: 'bytes=100000-', 'if-range': '"v1"' })
  })
})
