import { describe, expect, it } from 'vitest'
import { testSession } from '../../test/test-session.js'
import { functionalVerb } from './dispatch.js'

describe('functionalVerb', () => {
  it('uses a new session for each call', async () => {
    const made: ReturnType<typeof testSession>[] = []
    const put = functionalVerb('PUT', (method, url, init) => {
      const one = testSession(() => new Response('ok', { headers: { 'Set-Cookie': 'a=1' } }))
      made.push(one)
      return one.session.request(method, url, init)
    })
    expect(await put('https://api.test/', { json: 1 }).text()).toBe('ok')
    await put(new URL('https://api.test/'))
    expect(made.map(({ sent }) => [sent().method, sent().headers.get('Cookie')])).toEqual([
      ['PUT', null],
      ['PUT', null],
    ])
  })
})
