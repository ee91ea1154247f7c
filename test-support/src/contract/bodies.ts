import { deepEqual, equal, includes, ok, rejects } from './assert.js'
import { cases } from './contract-case.js'
import { echoedPost } from './echo.js'

interface Upload {
  bytes: number
  sha256: string
  type: string | null
}

/** What a request may carry. */
export const bodies = cases('bodies', {
  'json is sent as JSON': async ({ open, url }) => {
    const seen = await echoedPost(open(), `${url}echo`, { json: { name: 'Zoë', list: [1, null] } })
    deepEqual(
      [seen.headers['content-type'], seen.body],
      ['application/json', '{"name":"Zoë","list":[1,null]}'],
    )
  },

  'json: null sends null': async ({ open, url }) => {
    const seen = await echoedPost(open(), `${url}echo`, { json: null })
    deepEqual([seen.headers['content-type'], seen.body], ['application/json', 'null'])
  },

  'json keeps the caller’s content type': async ({ open, url }) => {
    const init = { json: {}, headers: { 'Content-Type': 'application/problem+json' } }
    const seen = await echoedPost(open(), `${url}echo`, init)
    equal(seen.headers['content-type'], 'application/problem+json')
  },

  'json that cannot be serialized is an error': async ({ open, url, library }) => {
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    for (const json of [{ n: Number.NaN }, [Number.POSITIVE_INFINITY], cyclic])
      await rejects(open().post(`${url}echo`, { json }), library.InvalidRequestError)
  },

  'form is sent as a form': async ({ open, url }) => {
    const session = open()
    const forms = [
      { a: '1', b: ['2', 'ü&'] },
      [
        ['a', '1'],
        ['b', '2'],
        ['b', 'ü&'],
      ] as [string, string][],
    ]
    for (const form of [...forms, new URLSearchParams('a=1&b=2&b=%C3%BC%26')]) {
      const seen = await echoedPost(session, `${url}echo`, { form })
      includes(seen.headers['content-type'] ?? '', 'application/x-www-form-urlencoded')
      equal(seen.body, 'a=1&b=2&b=%C3%BC%26')
    }
  },

  'body may be text': async ({ open, url }) => {
    const seen = await echoedPost(open(), `${url}echo`, { body: 'Grüße' })
    deepEqual([seen.headers['content-type'], seen.body], ['text/plain;charset=UTF-8', 'Grüße'])
  },

  'body may be bytes': async ({ open, url }) => {
    const bytes = new TextEncoder().encode('_bytes_')
    for (const body of [bytes, bytes.buffer, bytes.subarray(1, 6)]) {
      const seen = await echoedPost(open(), `${url}echo`, { body })
      equal('content-type' in seen.headers, false)
      includes(seen.body, 'bytes')
    }
  },

  'body may be a Blob': async ({ open, url }) => {
    const seen = await echoedPost(open(), `${url}echo`, { body: new Blob(['<p>'], { type: 'text/html' }) })
    deepEqual([seen.headers['content-type'], seen.body], ['text/html', '<p>'])
  },

  'body may be URLSearchParams': async ({ open, url }) => {
    const seen = await echoedPost(open(), `${url}echo`, { body: new URLSearchParams({ a: '1 2' }) })
    includes(seen.headers['content-type'] ?? '', 'application/x-www-form-urlencoded')
    equal(seen.body, 'a=1+2')
  },

  'body may be FormData with files': async ({ open, url }) => {
    const body = new FormData()
    body.append('name', 'Zoë')
    body.append('file', new File(['file text'], 'notes.txt', { type: 'text/plain' }))
    const seen = await echoedPost(open(), `${url}echo`, { body })
    includes(seen.headers['content-type'] ?? '', 'multipart/form-data; boundary=')
    for (const part of [
      'name="name"',
      'Zoë',
      'filename="notes.txt"',
      'Content-Type: text/plain',
      'file text',
    ])
      includes(seen.body, part)
  },

  'body may be a stream if the platform supports it': async ({ open, url, platform, library }) => {
    const body = new Blob(['streamed']).stream()
    const call = open().post(`${url}echo`, { body })
    if (platform === 'browser') await rejects(call, library.SessionError)
    else equal((await call.json<{ body: string }>()).body, 'streamed')
  },

  'a large body arrives whole': async ({ open, url }) => {
    const body = new Uint8Array(3_000_000).fill(97)
    const upload = await open().post(`${url}upload`, { body }).json<Upload>()
    deepEqual([upload.bytes, upload.sha256.slice(0, 8)], [3_000_000, await sha256Start(body)])
  },

  'no body is an empty body': async ({ open, url }) => {
    const seen = await echoedPost(open(), `${url}echo`)
    deepEqual([seen.body, seen.headers['content-length'], 'content-type' in seen.headers], ['', '0', false])
  },

  'two kinds of body are an error': async ({ open, url, library }) => {
    const error = await rejects(
      open().post(`${url}echo`, { json: {}, body: 'x' }),
      library.InvalidRequestError,
    )
    ok(
      error.message.includes('json') && error.message.includes('body'),
      `the message names both: ${error.message}`,
    )
  },

  'a body instead of the options is an error': async ({ open, url, library }) => {
    const bodies: object[] = [new FormData(), new URLSearchParams('a=1'), new Blob(['a']), new ArrayBuffer(1)]
    for (const body of bodies) await rejects(open().post(`${url}echo`, body), library.InvalidRequestError)
  },

  'a GET or HEAD with a body is an error': async ({ open, url, library }) => {
    const session = open()
    await rejects(session.get(`${url}echo`, { body: 'x' }), library.InvalidRequestError)
    await rejects(session.head(`${url}echo`, { json: {} }), library.InvalidRequestError)
  },
})

async function sha256Start(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
