import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { processLock } from './process-lock.js'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
  path = join(folder, 'lock')
})
afterEach(() => rm(folder, { recursive: true }))

const began = Math.round(Date.now() - process.uptime() * 1000)
/** The number of a process that has ended. */
const gone = (): number => Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }))

describe('processLock', () => {
  it('is one’s until it is let go of, and leaves nothing behind', async () => {
    const release = await processLock(path)
    expect(await processLock(path)).toBeNull()
    await release?.()
    expect(await readdir(folder)).toEqual([])
    expect(await processLock(path)).not.toBeNull()
  })

  it('is one’s alone, however many ask', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => processLock(path)))
    expect(all.filter((release) => release !== null)).toHaveLength(1)
  })

  it('is taken over by one alone, however many ask', async () => {
    const text = `${gone()} 0 ${hostname()}`
    for (let round = 0; round < 50; round += 1) {
      await writeFile(path, text)
      const all = await Promise.all(Array.from({ length: 20 }, () => processLock(path)))
      const releases = all.filter((release) => release !== null)
      expect(releases).toHaveLength(1)
      await releases[0]?.()
      expect(await readdir(folder)).toEqual([])
    }
  })

  it.each<[string, () => string]>([
    ['a process that is gone', () => `${gone()} 0 ${hostname()}`],
    ['a process that had this one’s number', () => `${process.pid} ${began - 60_000} ${hostname()}`],
  ])('is taken over from %s', async (_whom, text) => {
    await writeFile(path, text())
    expect(await processLock(path)).not.toBeNull()
  })

  it.each<[string, () => string]>([
    ['this process', () => `${process.pid} ${began} ${hostname()}`],
    ['another process', () => `${process.ppid} 0 ${hostname()}`],
    ['another machine', () => `${gone()} 0 not-${hostname()}`],
    ['one that is just being made', () => ''],
  ])('is left to %s', async (_whom, text) => {
    await writeFile(path, text())
    expect(await processLock(path)).toBeNull()
  })

  it('is taken over where it was never finished', async () => {
    await writeFile(path, '')
    const old = new Date(Date.now() - 60_000)
    await utimes(path, old, old)
    expect(await processLock(path)).not.toBeNull()
  })

  it('fails where there is no folder for it', async () => {
    await expect(processLock(join(folder, 'none', 'lock'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
