import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { Answer, Call } from '../call.js'

const text = 'grüße '.repeat(20)
const coded = (coding: string, body: Uint8Array): Answer => ({
  headers: [['Content-Encoding', coding]],
  body,
})
const typed = (type: string, body: Uint8Array): Answer => ({ headers: [['Content-Type', type]], body })

/** What comes in, and what goes wrong. */
export const responses: Call[] = [
  {
    name: 'bodies in gzip, deflate and brotli',
    steps: [{ url: '{home}/gzip' }, { url: '{home}/deflate' }, { url: '{home}/br' }],
    answers: {
      '/gzip': coded('gzip', gzipSync(text)),
      '/deflate': coded('deflate', deflateSync(text)),
      '/br': coded('br', brotliCompressSync(text)),
    },
  },
  {
    name: 'a body that is not the gzip it says',
    steps: [{ url: '{home}/a' }],
    answers: { '/a': coded('gzip', Buffer.from('text')) },
  },
  {
    name: 'a body that ends before its last chunk',
    steps: [{ url: '{home}/a' }],
    answers: { '/a': { raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n' } },
  },
  {
    name: 'a body that ends before its length',
    steps: [{ url: '{home}/a' }],
    answers: {
      '/a': {
        raw: 'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 9\r\n\r\nhello',
      },
    },
  },
  {
    name: 'text without a charset',
    steps: [{ url: '{home}/a' }],
    answers: { '/a': typed('text/html', Buffer.from('grüße')) },
  },
  {
    name: 'text in latin-1',
    steps: [{ url: '{home}/a' }],
    answers: { '/a': typed('text/html; charset=iso-8859-1', Buffer.from('grüße', 'latin1')) },
  },
  {
    name: 'text with a byte order mark',
    steps: [{ url: '{home}/a' }],
    answers: { '/a': typed('text/plain; charset=utf-8', Buffer.from('\uFEFFa')) },
  },
  {
    name: 'answers without a body',
    steps: [{ url: '{home}/204' }, { url: '{home}/304' }, { method: 'HEAD', url: '{home}/' }],
    answers: { '/204': { status: 204 }, '/304': { status: 304 } },
  },
  {
    name: 'json that comes in',
    steps: [
      { url: '{home}/json', use: 'json' },
      { url: '{home}/bom', use: 'json' },
    ],
    answers: {
      '/json': typed('application/json', Buffer.from('{"a":"ü","n":[1,null]}')),
      '/bom': typed('application/json', Buffer.from('\uFEFF{"a":1}')),
    },
  },
  {
    name: 'what is not json',
    steps: [
      { url: '{home}/', use: 'json' },
      { url: '{home}/empty', use: 'json' },
    ],
    answers: { '/empty': { body: '' } },
  },
  {
    name: 'failure statuses',
    steps: [
      { url: '{home}/404' },
      { url: '{home}/404', use: 'raiseForStatus' },
      { url: '{home}/500', use: 'raiseForStatus' },
      { url: '{home}/200', use: 'raiseForStatus' },
    ],
    answers: { '/404': { status: 404 }, '/500': { status: 500 } },
  },
  { name: 'a connection that ends', steps: [{ url: '{home}/a' }], answers: { '/a': { never: 'closes' } } },
  { name: 'a port where nobody listens', steps: [{ url: '{nobody}/' }] },
  {
    name: 'an answer that never comes',
    steps: [{ url: '{home}/a', timeout: 4000 }],
    answers: { '/a': { never: 'hangs' } },
  },
]
