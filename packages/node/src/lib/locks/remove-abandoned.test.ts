import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeAbandoned } from './remove-abandoned.js'

let folder = ''
let lock = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'abandoned-'))
  lock = join(folder, 'lock')
  await writeFile(lock, 'old')
})
afterEach(() => rm(folder, { recursive: true }))

const isOld = async (): Promise<boolean> => (await readFile(lock, 'utf8')) === 'old'

describe('removeAbandoned', () => {
  it('removes nothing while another does, and leaves nothing else behind', async () => {
    await removeAbandoned(lock, async () => {
      await removeAbandoned(lock, isOld)
      return isOld()
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('leaves what was made since', async () => {
    await writeFile(lock, 'new')
    await removeAbandoned(lock, isOld)
    expect(await readdir(folder)).toEqual(['lock'])
  })

  it('is not kept for ever by a process that died in it', async () => {
    await writeFile(`${lock}.turn`, '')
    const old = new Date(Date.now() - 60_000)
    await utimes(`${lock}.turn`, old, old)
    await removeAbandoned(lock, isOld)
    await removeAbandoned(lock, isOld)
    expect(await readdir(folder)).toEqual([])
  })
})
