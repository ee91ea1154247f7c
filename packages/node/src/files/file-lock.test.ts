import { utimesSync, writeFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withFileLock } from './file-lock.js'

let folder = ''
let lock = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-lock-'))
  lock = join(folder, 'lock')
})
afterEach(() => rm(folder, { recursive: true }))

function leaveBehind(): void {
  writeFileSync(lock, '')
  const old = new Date(Date.now() - 60_000)
  utimesSync(lock, old, old)
}

describe('withFileLock', () => {
  it('runs one at a time, also with an abandoned lock', async () => {
    const together: number[] = []
    let working = 0
    const work = async (): Promise<void> => {
      working += 1
      together.push(working)
      await setImmediate()
      working -= 1
    }
    for (let round = 0; round < 20; round += 1) {
      leaveBehind()
      await Promise.all(Array.from({ length: 10 }, () => withFileLock(lock, work)))
    }
    expect([together.length, Math.max(...together)]).toEqual([200, 1])
    expect(await readdir(folder)).toEqual([])
  })
})
