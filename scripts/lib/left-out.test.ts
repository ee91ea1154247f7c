import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const { filesThatLack } = (await import(new URL('left-out.mjs', import.meta.url).href)) as {
  // plain JavaScript
  filesThatLack: (options?: { folder?: string; isThere?: (program: string) => boolean }) => string[]
}

const files = {
  'packages/a/test/alone.test.ts': `import { x } from './x.js'`,
  'packages/a/test/x.ts': 'export const x = 1',
  'packages/a/test/direct.test.ts': `run('curl', [])`,
  'packages/a/test/by-import.test.ts': `import { y } from '../y.js'`,
  'packages/a/y.ts': `import { startNginx } from '@session-fetch/test-support/nginx'`,
  'test-support/src/nginx.ts': `spawn('/usr/sbin/nginx')`,
}

describe('filesThatLack', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'left-out-'))
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ['nothing is missing', [], []],
    ['a program is missing that a test starts', ['curl'], ['packages/a/test/direct.test.ts']],
    ['a program is missing that an imported file starts', ['nginx'], ['packages/a/test/by-import.test.ts']],
  ])('where %s', (_case, missing: string[], left) => {
    expect(filesThatLack({ folder, isThere: (program) => !missing.includes(program) })).toEqual(left)
  })

  it('knows the programs that the tests of this project start', () => {
    const left = filesThatLack({ isThere: () => false })
    expect(left).toEqual(
      expect.arrayContaining([
        'examples/documents.test.ts', // httpbin
        'examples/redis-store/redis-store.test.ts',
        'packages/node/test/cookies/curl.test.ts',
        'packages/node/test/proxy/proxy.test.ts', // squid, tinyproxy, microsocks
        'packages/node/test/connections/tls.test.ts', // openssl
      ]),
    )
    expect(left.filter((file) => file.startsWith('packages/core/'))).toEqual([])
  })
})
