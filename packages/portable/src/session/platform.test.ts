import * as source from '@session-fetch/portable'
import { describe, expect, it } from 'vitest'
import * as published from '../../dist/index.js'
import manifest from '../../package.json' with { type: 'json' }

describe('portablePlatform', () => {
  it.each([
    ['in the sources', source],
    ['in what is published', published],
  ])('sends the version of the package as User-Agent, %s', async (_where, library) => {
    const api = library.mockTransport(() => new Response())
    const session = new library.Session()
    session.mount('https://api.test/', api)
    await session.get('https://api.test/')
    expect(api.calls[0]?.headers.get('User-Agent')).toBe(`session-fetch/${manifest.version}`)
  })
})
