import { createReadStream, openAsBlob } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type CallOptions, InvalidRequestError, Session } from '@session-fetch/node'
import { type ContractServer, startContractServer } from '@session-fetch/test-support/contract-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Seen {
  method: string
  headers: Record<string, string>
  body: string
}

let site: ContractServer
let session: Session
let folder: string
let file: string
beforeAll(async () => {
  site = await startContractServer()
  session = new Session({ baseUrl: site.url })
  folder = await mkdtemp(join(tmpdir(), 'parity-'))
  file = join(folder, 'notes.txt')
  await writeFile(file, 'file text')
})
afterAll(async () => {
  await session.close()
  await site.close()
  await rm(folder, { recursive: true })
})

const posted = (init: CallOptions): Promise<Seen> => session.post('echo', init).json<Seen>()
const frame = ({ headers }: Seen): [string | undefined, string | undefined] => [
  headers['content-length'],
  headers['transfer-encoding'],
]

describe('body: one from a file', () => {
  it('that is opened as a Blob has a Content-Length', async () => {
    const seen = await posted({ body: await openAsBlob(file) })
    expect([seen.body, ...frame(seen)]).toEqual(['file text', '9', undefined])
  })

  it('that begins in the middle sends the rest', async () => {
    const seen = await posted({ body: (await openAsBlob(file)).slice(5) })
    expect([seen.body, ...frame(seen)]).toEqual(['text', '4', undefined])
  })

  it('that is read as a stream is chunked', async () => {
    const seen = await posted({ body: createReadStream(file, { start: 2 }) })
    expect([seen.body, ...frame(seen)]).toEqual(['le text', undefined, 'chunked'])
  })

  it('can be a multipart part, with its name or another', async () => {
    const blob = await openAsBlob(file, { type: 'text/plain' })
    const named = new File([blob], 'notes.txt', { type: 'text/plain' })
    const { body } = await posted({ multipart: { a: named, b: { content: blob, filename: 'other.txt' } } })
    expect(body).toMatch(/name="a"; filename="notes.txt"\r\nContent-Type: text\/plain\r\n\r\nfile text/)
    expect(body).toMatch(/name="b"; filename="other.txt"\r\nContent-Type: text\/plain\r\n\r\nfile text/)
  })
})

describe('body: one of unknown length', () => {
  async function* generated(): AsyncGenerator<string> {
    yield 'grü'
    yield 'ße'
  }

  it.each<[string, () => CallOptions['body']]>([
    ['a generator', generated],
    ['a Readable', () => Readable.from(generated())],
    ['a web stream', () => new Blob(['grüße']).stream()],
  ])('from %s is chunked, without a Content-Length', async (_what, body) => {
    const seen = await posted({ body: body() })
    expect([Buffer.from(seen.body).toString(), ...frame(seen)]).toEqual(['grüße', undefined, 'chunked'])
  })

  it('has no Content-Length with auth either', async () => {
    const seen = await posted({ body: generated(), auth: ['user', 'secret'] })
    expect([...frame(seen), 'authorization' in seen.headers]).toEqual([undefined, 'chunked', true])
  })

  it('fails with the error that its generator throws', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield 'begin'
      throw new RangeError('no more')
    }
    await expect(posted({ body: broken() })).rejects.toThrow('no more')
  })
})

describe('body: its length', () => {
  it.each<[string, CallOptions, string]>([
    ['text', { body: 'grüße' }, '7'],
    ['bytes', { body: new Uint8Array([1, 2, 255]) }, '3'],
    ['JSON', { json: 'ü' }, '4'],
    ['a form', { form: { a: 'ü' } }, '8'],
    ['nothing', {}, '0'],
    ['empty text', { body: '' }, '0'],
  ])('counts the bytes of %s', async (_what, init, length) => {
    expect(frame(await posted(init))).toEqual([length, undefined])
  })
})

describe('multipart', () => {
  it('omits parts that are null', async () => {
    const { body } = await posted({ multipart: { gone: null, kept: '1' } })
    expect(body.match(/name="\w+"/g)).toEqual(['name="kept"'])
  })

  it('accepts bytes in any form', async () => {
    const bytes = new TextEncoder().encode('bytes')
    const { body } = await posted({
      multipart: { a: { content: bytes }, b: { content: bytes.buffer }, c: new Blob([bytes]) },
    })
    expect(body.match(/bytes/g)).toHaveLength(3)
  })

  it('has a field for a part without a file name', async () => {
    const { body } = await posted({ multipart: { a: { content: 'x' } } })
    expect(body).toContain('Content-Disposition: form-data; name="a"\r\n\r\nx')
  })

  it('keeps non-ASCII names and values', async () => {
    const { body } = await posted({ multipart: { größe: 'ü', f: new File(['x'], 'ß.txt') } })
    expect(body).toContain('name="größe"\r\n\r\nü')
    expect(body).toContain('filename="ß.txt"')
  })

  it('refuses invalid parts', async () => {
    const wrong: object[] = [{ multipart: { a: { size: 1 } } }, { multipart: { a: () => {} } }]
    for (const init of wrong)
      await expect(session.post('echo', init)).rejects.toBeInstanceOf(InvalidRequestError)
  })

  it('refuses parts without a name, and so does a form', async () => {
    const wrong: object[] = [
      { multipart: ['text'] },
      { multipart: 'text' },
      { form: ['ab'] },
      { params: ['ab'] },
    ]
    for (const init of wrong)
      await expect(session.post('echo', init)).rejects.toBeInstanceOf(InvalidRequestError)
  })

  it('refuses raw text or a form beside it', async () => {
    const wrong: CallOptions[] = [{ body: 'text' }, { form: { a: '1' } }, { json: {} }]
    for (const init of wrong)
      await expect(session.post('echo', { multipart: { a: '1' }, ...init })).rejects.toBeInstanceOf(
        InvalidRequestError,
      )
  })
})

describe('form', () => {
  it('accepts any iterable of pairs', async () => {
    const sources = [
      new Map([['a', '1']]),
      [['a', '1'] as const],
      new URLSearchParams({ a: '1' }),
      { a: '1' },
    ]
    for (const form of sources) expect((await posted({ form })).body).toBe('a=1')
  })

  it('has a Content-Type, which the caller may replace', async () => {
    expect((await posted({ form: {} })).headers['content-type']).toBe('application/x-www-form-urlencoded')
    const headers = { 'content-type': 'text/plain' }
    expect((await posted({ form: { a: '1' }, headers })).headers['content-type']).toBe('text/plain')
  })
})
