import { PLAIN_SETTINGS, type PlainSettings } from '@session-fetch/core/adapter'
import * as source from '@session-fetch/node'
import { describe, expect, it } from 'vitest'
import * as published from '../../dist/index.js'
import manifest from '../../package.json' with { type: 'json' }
import { plainSettings } from './platform.js'

describe('nodePlatform', () => {
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

describe('plainSettings', () => {
  it('reads every plain setting', () => {
    const all = Object.fromEntries(PLAIN_SETTINGS.map((name) => [name, name]))
    expect({ ...plainSettings(all as PlainSettings) }).toEqual(all)
  })

  it('keeps null, and omits undefined', () => {
    expect({ ...plainSettings({ timeout: null, retry: undefined, throwHttpErrors: false }) }).toEqual({
      timeout: null,
      throwHttpErrors: false,
    })
  })
})
