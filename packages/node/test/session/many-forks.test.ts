import { Session } from '@session-fetch/node'
import { afterAll, describe, expect, it } from 'vitest'
import { bundled, removePrograms } from '../run-script.js'

/** What a fork may hold, with one cookie, a header, a parameter and a hook, in bytes. */
const MOST = 5500

afterAll(removePrograms)

describe(Session, () => {
  it('has forks that use little memory, because there may be one for each user', async () => {
    const run = await bundled('many-forks')
    const { stdout, stderr } = await run()
    const { forks, bytes } = JSON.parse(stdout || stderr) as { forks: number; bytes: number }
    expect(forks).toBe(10_000)
    expect(bytes).toBeLessThan(MOST)
  })
})
