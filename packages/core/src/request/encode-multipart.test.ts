import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { thrown } from '../../test/test-session.js'
import { InvalidRequestError } from '../model/errors.js'
import { type MultipartSource, encodeMultipart } from './multipart.js'

/** The encoded text, with `B` for the boundary. */
async function encoded(source: MultipartSource): Promise<string> {
  const { body, contentType } = encodeMultipart(source)
  const boundary = contentType.replace('multipart/form-data; boundary=', '')
  return (await body.text()).replaceAll(boundary, 'B')
}

const part = (head: string, content: string): string =>
  `--B\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n--B--\r\n`

describe('encodeMultipart', () => {
  afterEach(() => vi.restoreAllMocks())

  it('copies bytes over shared memory, which not every Blob takes', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(3))
    shared.set([97, 98, 99])
    const content = shared.subarray(1) as unknown as Uint8Array<ArrayBuffer>
    const seen: unknown[] = []
    class Seeing extends Blob {
      constructor(parts: BlobPart[], options?: BlobPropertyBag) {
        seen.push(...parts)
        super(parts, options)
      }
    }
    vi.stubGlobal('Blob', Seeing)
    onTestFinished(() => void vi.unstubAllGlobals())
    expect(await encoded({ a: { content } })).toBe(part('name="a"', 'bc'))
    const views = seen.filter((piece) => ArrayBuffer.isView(piece))
    expect(views.map(({ buffer }) => buffer)).toEqual([expect.any(ArrayBuffer)])
  })

  it.each<[string, MultipartSource, string]>([
    ['text', { a: 'ü' }, part('name="a"', 'ü')],
    ['a number', { a: 0 }, part('name="a"', '0')],
    ['a bigint', { a: 1n }, part('name="a"', '1')],
    ['a boolean', { a: false }, part('name="a"', 'false')],
    ['empty text', { a: '' }, part('name="a"', '')],
    ['null and undefined', { x: null, y: undefined, z: [], a: '1' }, part('name="a"', '1')],
    [
      'a Blob',
      { a: new Blob(['x']) },
      part('name="a"; filename="blob"\r\nContent-Type: application/octet-stream', 'x'),
    ],
    [
      'a File',
      { a: new File(['x'], 'ü.txt', { type: 'text/plain' }) },
      part('name="a"; filename="ü.txt"\r\nContent-Type: text/plain', 'x'),
    ],
    [
      'a description of text',
      { a: { content: 'x', type: 'text/csv' } },
      part('name="a"\r\nContent-Type: text/csv', 'x'),
    ],
    [
      'a description of bytes',
      { a: { content: new TextEncoder().encode('x'), filename: 'x.bin' } },
      part('name="a"; filename="x.bin"', 'x'),
    ],
    [
      'a description of a File',
      { a: { content: new File(['x'], 'a.txt', { type: 'text/plain' }) } },
      part('name="a"; filename="a.txt"\r\nContent-Type: text/plain', 'x'),
    ],
    [
      'a description that says otherwise than its File',
      { a: { content: new File(['x'], 'a.txt', { type: 'text/plain' }), filename: 'b', type: 'b/b' } },
      part('name="a"; filename="b"\r\nContent-Type: b/b', 'x'),
    ],
    [
      'part headers',
      { a: { content: 'x', headers: { 'X-Part': '1', 'Content-Language': 'de' } } },
      part('name="a"\r\nX-Part: 1\r\nContent-Language: de', 'x'),
    ],
    [
      'quotes and line breaks in names',
      { 'a"\r\nb': { content: 'x', filename: '"\r\nX-Evil: 1\n' } },
      part('name="a%22%0D%0Ab"; filename="%22%0D%0AX-Evil: 1%0A"', 'x'),
    ],
    ['line breaks in text', { 'a\n': 'x\ny\rz\r\n' }, part('name="a%0D%0A"', 'x\r\ny\r\nz\r\n')],
    [
      'line breaks in what is described as they are',
      { a: { content: 'x\n', type: 'text/csv' } },
      part('name="a"\r\nContent-Type: text/csv', 'x\n'),
    ],
  ])('writes %s', async (_what, source, text) => {
    expect(await encoded(source)).toBe(text)
  })

  it('repeats a name for a list and for pairs, in order', async () => {
    const names = async (source: MultipartSource): Promise<unknown> =>
      [...(await encoded(source)).matchAll(/name="(\w)"\r\n\r\n(\w)/g)].map(([, name, value]) => [
        name,
        value,
      ])
    const expected = [
      ['a', '1'],
      ['a', '2'],
      ['b', '3'],
    ]
    expect(await names({ a: ['1', '2'], b: '3' })).toEqual(expected)
    expect(
      await names([
        ['a', '1'],
        ['a', '2'],
        ['b', '3'],
      ]),
    ).toEqual(expected)
  })

  it('is parsed by a server as a form', async () => {
    const { body, contentType } = encodeMultipart({
      a: '1',
      f: new File(['x'], 'f.txt', { type: 'text/plain' }),
    })
    const form = await new Response(body, { headers: { 'Content-Type': contentType } }).formData()
    const file = form.get('f')
    expect(form.get('a')).toBe('1')
    expect(file instanceof File && [file.name, file.type, await file.text()]).toEqual([
      'f.txt',
      'text/plain',
      'x',
    ])
  })

  it('gives the same boundary to the body and to its type', () => {
    const { body, contentType } = encodeMultipart({})
    expect(body.type).toBe(contentType)
  })

  it('uses a new random boundary each time, not from Math.random', () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const boundaries = new Set(Array.from({ length: 1000 }, () => encodeMultipart({}).contentType))
    expect(boundaries.size).toBe(1000)
    expect(Math.random).not.toHaveBeenCalled()
  })

  it.each<[string, unknown]>([
    ['an object', { a: { b: 1 } }],
    ['a line break in a type', { a: { content: 'x', type: 'a/b\r\nX-Evil: 1' } }],
    ['a line break in a part header', { a: { content: 'x', headers: { 'X-Part': 'a\nb' } } }],
    ['a bad name of a part header', { a: { content: 'x', headers: { 'X Part': '1' } } }],
    ['a line break in the name of a part header', { a: { content: 'x', headers: { 'X\r\nY': '1' } } }],
  ])('refuses %s', (_what, source) => {
    expect(thrown(() => encodeMultipart(source as MultipartSource))).toBeInstanceOf(InvalidRequestError)
  })
})
