import { PLAIN_SETTINGS, type PlainSettings } from '@session-fetch/core/adapter'
import { describe, expect, it } from 'vitest'
import { plainSettings } from './plain-settings.js'

describe('plainSettings', () => {
  it('reads every plain setting', () => {
    const all = Object.fromEntries(PLAIN_SETTINGS.map((name) => [name, name]))
    expect({ ...plainSettings(all as PlainSettings) }).toEqual(all)
  })

  it('keeps what removes a setting, and leaves out what is not given', () => {
    expect({ ...plainSettings({ timeout: null, retry: undefined, throwHttpErrors: false }) }).toEqual({
      timeout: null,
      throwHttpErrors: false,
    })
  })
})
