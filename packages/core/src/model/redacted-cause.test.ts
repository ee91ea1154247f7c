import { describe, expect, it } from 'vitest'
import { redactedCause } from './redact.js'

const url = 'http://127.0.0.1:9/path?token=hunter2#part'

describe('redactedCause', () => {
  it('keeps the name, message and code of an engine, and those of its causes', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' })
    const cause = redactedCause(new TypeError('fetch failed', { cause: refused }), url)
    expect(cause).toMatchObject({ name: 'TypeError', message: 'fetch failed' })
    expect(cause.cause).toMatchObject({ message: 'connect ECONNREFUSED 127.0.0.1:9', code: 'ECONNREFUSED' })
  })

  it.each([
    ['a message', new TypeError(`error sending request for url (${url})`)],
    ['a message without the origin', new Error('GET /path?token=hunter2 failed')],
    ['a cause', new TypeError('fetch failed', { cause: new Error(`no route to ${url}`) })],
    ['a member', Object.assign(new Error('Unable to connect'), { path: url, code: 'ConnectionRefused' })],
    ['userinfo', new Error('http://me:hunter2@proxy.test/ failed')],
    ['something that is not an error', `refused: ${url}`],
  ])('shows no secret in %s', (_where, cause) => {
    const shown = redactedCause(cause, url)
    const all = [shown, shown.cause]
      .map((error) => `${String(error)} ${JSON.stringify(Object(error))}`)
      .join()
    expect(all).not.toContain('hunter2')
  })

  it('stops at a cycle of causes', () => {
    const cause = new Error('round')
    cause.cause = cause
    expect(redactedCause(cause, url).message).toBe('round')
  })

  it('uses the code of an error without a message', () => {
    const many = Object.assign(new AggregateError([], ''), { code: 'ETIMEDOUT' })
    expect(redactedCause(many, url).message).toBe('ETIMEDOUT')
    expect(redactedCause(new Error(''), url).message).toBe('The fetch failed')
    expect(redactedCause('gone', url).message).toBe('gone')
  })
})
