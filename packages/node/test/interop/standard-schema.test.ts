import { DecodeError, HttpError, Session, mockTransport } from '@session-fetch/node'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'

const schemas = {
  zod: z.object({ id: z.number(), tags: z.array(z.string()) }),
  valibot: v.object({ id: v.number(), tags: v.array(v.string()) }),
  arktype: type({ id: 'number', tags: 'string[]' }),
}

function api(body: unknown, status = 200): Session {
  const session = new Session({ baseUrl: 'https://api.test/' })
  session.mount(
    'https://api.test',
    mockTransport(() => Response.json(body, { status })),
  )
  return session
}

describe('json(schema)', () => {
  it.each(Object.entries(schemas))('checks and types a body by %s', async (_library, schema) => {
    const user = await api({ id: 7, tags: ['a'] })
      .get('me')
      .json(schema)
    expectTypeOf(user).toEqualTypeOf<{ id: number; tags: string[] }>()
    expect(user).toEqual({ id: 7, tags: ['a'] })
  })

  it('checks the body of a received response, too', async () => {
    const response = await api({ id: 'seven' }).get('me')
    expect(await response.clone().json()).toEqual({ id: 'seven' })
    await expect(response.json(schemas.zod)).rejects.toBeInstanceOf(DecodeError)
  })

  it.each(Object.entries(schemas))('names the invalid member for %s', async (_library, schema) => {
    const refused = await api({ id: 7, tags: ['a', 5] })
      .get('me')
      .json(schema)
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(DecodeError)
    expect(refused).toMatchObject({
      code: 'ERR_DECODE',
      phase: 'body',
      request: { url: 'https://api.test/me' },
    })
    expect(String(refused)).toContain('tags.1')
  })

  it('returns the output of the schema', async () => {
    const schema = z.object({ at: z.string().transform((text) => new Date(text)) })
    const { at } = await api({ at: '2026-01-01T00:00:00Z' }).get('me').json(schema)
    expect(at.getUTCFullYear()).toBe(2026)
  })

  it('awaits an asynchronous schema', async () => {
    const schema = z.object({ id: z.number() }).refine(async ({ id }) => Promise.resolve(id < 5))
    await expect(api({ id: 7 }).get('me').json(schema)).rejects.toBeInstanceOf(DecodeError)
  })

  it('does not look at the body of a failure', async () => {
    await expect(api({}, 500).get('me').json(schemas.zod)).rejects.toBeInstanceOf(HttpError)
  })
})
