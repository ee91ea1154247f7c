import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { processLock, takeLock } from './process-lock.js'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'))
  path = join(folder, 'lock')
})
afterEach(() => rm(folder, { recursive: true }))

/** When this process began, as its locks say. */
async function began(): Promise<number> {
  const lock = takeLock(`${path}.own`)
  const [, began] = (await readFile(`${path}.own`, 'utf8')).split(' ')
  lock?.release()
  return Number(began)
}

/** The number of a process that has ended. */
const gone = (): number => Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }))

describe('processLock', () => {
  it('is held until it is released, and leaves no file behind', async () => {
    const release = await processLock(path)
    expect(await processLock(path)).toBeNull()
    await release?.()
    expect(await readdir(folder)).toEqual([])
    expect(await processLock(path)).not.toBeNull()
  })

  it('is acquired by one process only', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => processLock(path)))
    expect(all.filter((release) => release !== null)).toHaveLength(1)
  })

  it('is taken over by one process only', async () => {
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

  it.each<[string, () => string | Promise<string>]>([
    ['a process that is gone', () => `${gone()} 0 ${hostname()}`],
    [
      'a process that had this one’s number',
      async () => `${process.pid} ${(await began()) - 60_000} ${hostname()}`,
    ],
  ])('is taken over from %s', async (_whom, text) => {
    await writeFile(path, await text())
    expect(await processLock(path)).not.toBeNull()
  })

  it.each<[string, () => string | Promise<string>]>([
    ['this process', async () => `${process.pid} ${await began()} ${hostname()}`],
    ['another process', () => `${process.ppid} 0 ${hostname()}`],
    ['another machine', () => `${gone()} 0 not-${hostname()}`],
    ['one that is just being made', () => ''],
  ])('is left to %s', async (_whom, text) => {
    await writeFile(path, await text())
    expect(await processLock(path)).toBeNull()
  })

  it('is taken over if it was never completely written', async () => {
    await writeFile(path, '')
    const old = new Date(Date.now() - 60_000)
    await utimes(path, old, old)
    expect(await processLock(path)).not.toBeNull()
  })

  it('is released by its owner only', async () => {
    const lock = takeLock(path)
    await writeFile(path, `${process.ppid} 0 ${hostname()} another`)
    expect(lock?.isHeld()).toBe(false)
    lock?.release()
    expect(await readdir(folder)).toEqual(['lock'])
  })

  it('is not removed by a process that saw an earlier lock', async () => {
    const [first, second] = [`${gone()} 0 ${hostname()} first`, `${gone()} 0 ${hostname()} second`]
    await writeFile(path, first)
    await writeFile(`${path}.first`, `${process.ppid} 0 ${hostname()} claim`) // a parent that sleeps while it looks
    expect(takeLock(path)).toBeNull()
    await writeFile(path, second)
    expect(takeLock(path)).not.toBeNull()
  })

  it('is taken over if the process that was removing it has ended, too', async () => {
    await writeFile(path, `${gone()} 0 ${hostname()} first`)
    await writeFile(`${path}.first`, `${gone()} 0 ${hostname()} claim`)
    expect(takeLock(path)).not.toBeNull()
    expect(await readdir(folder)).toEqual(['lock'])
  })

  it('never expires while its owner runs, unless the owner cannot be checked', async () => {
    const old = new Date(Date.now() - 3_600_000)
    await writeFile(path, `${process.ppid} 0 ${hostname()} token`)
    await utimes(path, old, old)
    expect(takeLock(path, { foreignAge: 1000 })).toBeNull()
    await writeFile(path, `1 0 not-${hostname()} token`)
    expect(takeLock(path, { foreignAge: 60_000 })).toBeNull()
    await utimes(path, old, old)
    expect(takeLock(path)).toBeNull()
    expect(takeLock(path, { foreignAge: 60_000 })).not.toBeNull()
  })

  it.runIf(process.platform === 'linux')(
    'is taken over from a number that another process has now',
    async () => {
      await writeFile(path, `${process.ppid} 0 ${hostname()} token 1`)
      expect(takeLock(path)).not.toBeNull()
    },
  )

  it('fails without its folder', async () => {
    await expect(processLock(join(folder, 'none', 'lock'))).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
