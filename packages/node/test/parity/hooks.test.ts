import { HookError, InvalidRequestError, type PreparedRequest, Session } from '@session-fetch/node'
import { describe, expect, it } from 'vitest'
import { failing, mocked, redirect, setting } from './mocked.js'

const url = 'https://api.test/'

describe('hooks', () => {
  it('are initially empty lists, one for each kind', () => {
    expect(new Session().hooks).toEqual({ request: [], response: [], redirect: [], retry: [], error: [] })
  })

  it('are a function or a list of functions, with a known name', () => {
    const options: object[] = [{ before: () => {} }, { response: 'text' }, { response: [() => {}, 1] }]
    for (const hooks of options) expect(() => new Session({ hooks })).toThrow(InvalidRequestError)
    const session = new Session({ hooks: { response: () => {} } })
    expect(session.hooks.response).toHaveLength(1)
  })

  it('are added to and removed from the list', async () => {
    const { session } = mocked()
    let calls = 0
    const count = (): void => void (calls += 1)
    session.hooks.response.push(count)
    await session.get(url)
    session.hooks.response.splice(session.hooks.response.indexOf(count), 1)
    await session.get(url)
    expect(calls).toBe(1)
  })

  it('of a call are added to the session’s, for that call only', async () => {
    const seen: string[] = []
    const note = (name: string) => (): void => void seen.push(name)
    const { session } = mocked({}, { hooks: { response: note('session') } })
    await session.get(url, { hooks: { response: note('call') } })
    await session.get(url)
    expect(seen).toEqual(['session', 'call', 'session'])
  })

  it('that are asynchronous are awaited one after the other', async () => {
    const seen: number[] = []
    const slow = async (): Promise<void> => {
      await Promise.resolve()
      seen.push(1)
    }
    const { session } = mocked({}, { hooks: { request: [slow, () => void seen.push(2)] } })
    await session.get(url)
    expect(seen).toEqual([1, 2])
  })
})

describe('hooks.response: a hook', () => {
  it('may replace the response; the cookies of the replaced one are kept', async () => {
    const { session, sent } = mocked({ '/': setting('a=1; Path=/') })
    const response = await session.get(url, { hooks: { response: () => Response.json({ own: true }) } })
    await session.get(`${url}next`)
    expect([await response.json(), sent(1, 'Cookie')]).toEqual([{ own: true }, 'a=1'])
  })

  it('gets the result of the previous hook', async () => {
    const { session } = mocked()
    const first = (): Response => new Response('first')
    const second = async ({ response }: { response: Response }): Promise<Response> =>
      new Response(`${await response.text()}, second`)
    expect(await session.get(url, { hooks: { response: [first, second] } }).text()).toBe('first, second')
  })

  it('may follow the Location of a response that is not a redirect', async () => {
    const made = new Response('made', { status: 201, headers: { Location: '/2' } })
    const { session } = mocked({ '/1': made, '/2': 'found' })
    session.hooks.response.push(({ session: owner, response }) => {
      const location = response.status === 201 ? response.headers.get('Location') : null
      return location === null ? undefined : owner?.get(new URL(location, response.url))
    })
    expect(await session.post(`${url}1`).text()).toBe('found')
  })

  it('runs once for a call, outside of retries and redirects', async () => {
    const statuses: number[] = []
    const { session } = mocked(
      { '/1': [failing(503), redirect('/2')] },
      { retry: { delay: 0 }, hooks: { response: ({ response }) => void statuses.push(response.status) } },
    )
    await session.get(`${url}1`)
    expect(statuses).toEqual([200])
  })

  it('may return a Response and nothing else', async () => {
    const wrong: unknown = () => 'text'
    const call = mocked().session.get(url, { hooks: { response: wrong as () => void } })
    await expect(call).rejects.toBeInstanceOf(HookError)
  })
})

describe('hooks.redirect: a hook', () => {
  const answers = { '/1': redirect('/2'), '/2': redirect('/3') }

  it('runs for each hop, and gets the response and the next request', async () => {
    const hops: string[] = []
    const { session } = mocked(answers)
    await session.get(`${url}1`, {
      hooks: { redirect: ({ response, next }) => void hops.push(`${response.status} ${next.url}`) },
    })
    expect(hops).toEqual([`302 ${url}2`, `302 ${url}3`])
  })

  it('may edit the next request', async () => {
    const { session, sent } = mocked(answers)
    await session.get(`${url}1`, { hooks: { redirect: ({ next }) => next.headers.set('X-Hop', '1') } })
    expect(sent(1, 'X-Hop')).toBe('1')
  })

  it('may stop at a redirect, and its next request can still be sent', async () => {
    const { session, api } = mocked(answers)
    const response = await session.get(`${url}1`, {
      hooks: { redirect: ({ next }) => (next.url.endsWith('/3') ? false : undefined) },
    })
    expect([response.status, response.next?.url, api.calls.length]).toEqual([302, `${url}3`, 2])
  })

  it('cannot send credentials to another origin', async () => {
    const { session, sent } = mocked(answers, { auth: ['user', 'secret'] })
    const astray = ({ next }: { next: PreparedRequest }): void => void (next.url = 'https://evil.test/')
    await session.get(`${url}1`, { hooks: { redirect: astray } })
    expect([sent(0, 'Authorization') !== null, sent(1, 'Authorization')]).toEqual([true, null])
  })
})

describe('hooks.error: a hook', () => {
  it('may recover with a Response, or throw another error', async () => {
    const { session } = mocked(() => {
      throw new RangeError('no network')
    })
    const recover = (): Response => new Response('from a cache')
    expect(await session.get(url, { hooks: { error: recover } }).text()).toBe('from a cache')
    const rename = ({ error }: { error: unknown }): Error => new Error('renamed', { cause: error })
    await expect(session.get(url, { hooks: { error: rename } })).rejects.toThrow('renamed')
  })
})
