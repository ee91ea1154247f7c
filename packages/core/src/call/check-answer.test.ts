import { describe, expect, it } from 'vitest'
import { prepared, thrown } from '../../test/test-session.js'
import { UnsupportedError } from '../model/errors.js'
import { SessionResponse } from '../response/session-response.js'
import { checkAnswer } from './checks.js'

const asked = prepared('https://api.test/a?token=hunter2#part')

/** A response that says where it is from, as fetches do. */
function from(url: string, more: object = {}): Response {
  const members = { url, ...more }
  const descriptors = Object.entries(members).map(([name, value]) => [name, { value }] as const)
  return Object.defineProperties(new Response('x'), Object.fromEntries(descriptors))
}

describe('checkAnswer', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'ok'],
    ['an object like a Response', { status: 200, headers: new Headers(), text: async () => 'ok' }],
  ])('refuses %s', (_what, answer) => {
    const error = thrown(() => checkAnswer(answer, asked))
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(error).toMatchObject({
      retryable: false,
      message: expect.stringContaining('must return a Response'),
    })
  })

  it.each([
    ['no URL, as made by hand', new Response('x')],
    ['the URL that was asked for', from('https://api.test/a?token=hunter2')],
    ['that URL with its fragment', from('https://api.test/a?token=hunter2#part')],
    ['that URL, written differently', from('HTTPS://api.test:443/a?token=hunter2')],
    ['what is no URL', from('about')],
    ['our own class', SessionResponse.from(new Response('x'), asked)],
  ])('takes a response with %s', (_what, answer) => {
    expect(() => checkAnswer(answer, asked)).not.toThrow()
  })

  it.each([
    ['another origin', from('https://other.test/a?token=hunter2')],
    ['another path', from('https://api.test/b?token=hunter2')],
    ['another query', from('https://api.test/a')],
    [
      'where it was redirected to, and says so',
      from('https://api.test/a?token=hunter2', { redirected: true }),
    ],
    ['another origin, in our own class', SessionResponse.from(from('https://other.test/'), asked)],
  ])('refuses a response of %s', (_what, answer) => {
    const error = thrown(() => checkAnswer(answer, asked))
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(error).toMatchObject({ retryable: false, message: expect.stringMatching(/^redirects: /) })
    expect(String(error)).not.toContain('hunter2')
  })

  it('cancels the body of a refused response', () => {
    const answer = from('https://other.test/')
    thrown(() => checkAnswer(answer, asked))
    expect(answer.bodyUsed).toBe(true)
  })
})
