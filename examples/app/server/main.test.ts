import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const program = fileURLToPath(new URL('main.js', import.meta.url))

describe('main.js', () => {
  it('names the command to run if the page is not built', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [program, '--dist', join(tmpdir(), 'no-such-folder')],
      {
        encoding: 'utf8',
      },
    )
    expect(stderr).toBe(
      'The page is not built yet. Run "npm run build" first, or "npm run dev" to serve it from its sources.\n',
    )
    expect(status).toBe(1)
  })
})
