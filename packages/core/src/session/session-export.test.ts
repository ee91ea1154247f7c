import { describe, expect, it } from 'vitest'
import { rejection, testSession } from '../../test/test-session.js'
import { basic } from '../auth/auth.js'
import { UnsupportedError } from '../model/errors.js'
import { type SessionExport, exportSession, importedOptions, snapshot } from './export.js'

const full = (): ReturnType<typeof testSession> =>
  testSession(undefined, {
    baseUrl: 'https://me:canary@api.test/v1',
    auth: ['me', 'canary'],
    headers: { 'X-App': '1', 'X-Api-Key': 'canary', Authorization: 'canary' },
    params: { lang: 'en', token: 'canary' },
    hooks: { request: () => {} },
    timeout: { total: 5 },
    throwHttpErrors: () => true,
    cache: 'no-store',
  })

describe('snapshot', () => {
  it('shows settings without secrets', async () => {
    const { session, cookies } = full()
    await cookies.set('sid', 'canary')
    expect(JSON.parse(JSON.stringify(snapshot(session)))).toEqual({
      baseUrl: 'https://api.test/v1',
      origins: [],
      headers: [['x-app', '1']],
      params: [['lang', 'en']],
      timeout: { total: 5 },
      unsupported: 'error',
      cache: 'no-store',
    })
    expect(JSON.stringify(session)).toBe('{"baseUrl":"https://api.test/v1"}')
  })
})

describe('exportSession', () => {
  it('lists omitted settings', async () => {
    const { omitted } = await exportSession(full().session)
    expect([...omitted].sort()).toEqual([
      'auth',
      'headers.authorization',
      'headers.x-api-key',
      'hooks',
      'params.token',
      'throwHttpErrors',
    ])
  })

  it('exports secrets on request', async () => {
    const { settings, omitted } = await exportSession(full().session, { secrets: true })
    expect(settings).toMatchObject({
      auth: ['me', 'canary'],
      params: [
        ['lang', 'en'],
        ['token', 'canary'],
      ],
    })
    expect([...omitted].sort()).toEqual(['hooks', 'throwHttpErrors'])
  })

  it('exports the credentials of the base, or lists them as omitted', async () => {
    const { session } = testSession(undefined, { baseUrl: 'https://me:canary@api.test/' })
    const open = await exportSession(session)
    expect([open.omitted, JSON.stringify(open).includes('canary')]).toEqual([['auth'], false])
    const data = await exportSession(session, { secrets: true })
    expect(data.omitted).toEqual([])
    const again = testSession(undefined, importedOptions(data, {}))
    await again.session.get('a')
    expect(again.sent().headers.get('Authorization')).toBe(`Basic ${btoa('me:canary')}`)
  })

  it('omits values that JSON would change', async () => {
    const { session } = testSession(undefined, { retry: { limit: Infinity }, timeout: { total: Infinity } })
    expect((await exportSession(session)).omitted).toEqual(['timeout', 'retry'])
    class Budget {
      deposit(): void {}
      withdraw(): boolean {
        return true
      }
    }
    session.retry = { budget: new Budget() }
    expect((await exportSession(session)).omitted).toEqual(['timeout', 'retry'])
  })

  it('always omits a flow', async () => {
    const { session } = testSession(undefined, { auth: basic('me', 'canary') })
    const data = await exportSession(session, { secrets: true })
    expect(data.omitted).toEqual(['auth'])
    expect(JSON.stringify(data)).not.toContain('canary')
  })

  it('rejects cookies that the platform cannot read', async () => {
    expect(await rejection(exportSession(testSession().session, { cookies: true }))).toBeInstanceOf(
      UnsupportedError,
    )
  })
})

describe('importedOptions', () => {
  it('restore exported settings, with new options merged over them', async () => {
    const data = JSON.parse(JSON.stringify(await exportSession(full().session))) as SessionExport
    const options = importedOptions(data, { headers: { 'X-App': null, 'X-New': '2' }, timeout: 7 })
    const { session } = testSession(undefined, options)
    expect([session.baseUrl, session.timeout, session.cache, [...session.headers]]).toEqual([
      'https://api.test/v1',
      7,
      'no-store',
      [['x-new', '2']],
    ])
  })

  it.each([
    {},
    { version: 2, settings: {} },
    { version: 1 },
    { version: 1, settings: 'x' },
    { version: 1, settings: null },
    null,
    'x',
  ])('refuse %j', (data) => {
    expect(() => importedOptions(data as SessionExport, {})).toThrow(
      'This is not what exportSession() returned',
    )
  })

  it('reject unknown settings', () => {
    const data = { version: 1, settings: { evil: 1 }, omitted: [] } as const
    expect(() => testSession(undefined, importedOptions(data, {}))).toThrow('no option "evil"')
  })
})
