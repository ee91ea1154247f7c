import { gzipSync } from 'node:zlib'
import { type Fault, head, ok } from '@session-fetch/test-support/fault-server'
import { type FetchCase, type Stage, failure } from './fetch-case.js'

const saying =
  (bytes: string | Uint8Array): Fault =>
  ({ send }) =>
    send(bytes)

async function answer(
  { fetch, serve }: Stage,
  bytes: string | Uint8Array,
  init?: RequestInit,
): Promise<Response> {
  return fetch((await serve(saying(bytes))).url, init)
}

export const responses: readonly FetchCase[] = [
  {
    name: 'a response is a Response',
    play: async (stage) => {
      const response = await answer(stage, ok())
      return [
        response instanceof Response,
        Object.prototype.toString.call(response),
        Object.keys(response).length,
      ]
    },
    standard: [true, '[object Response]', 0],
  },
  {
    name: 'it tells its type, status and text',
    play: async (stage) => {
      const {
        type,
        status,
        statusText,
        ok: fine,
        redirected,
      } = await answer(stage, head('299 Nearly There', 'Content-Length: 0'))
      return [type, status, statusText, fine, redirected]
    },
    standard: ['basic', 299, 'Nearly There', true, false],
  },
  {
    name: 'its status text may be empty',
    play: async (stage) => (await answer(stage, 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n')).statusText,
    standard: '',
  },
  {
    name: 'its URL has no fragment',
    play: async ({ fetch, serve }) => {
      const server = await serve(saying(ok()))
      return (await fetch(`${server.url}a#part`)).url.replace(server.url, '')
    },
    standard: 'a',
  },
  {
    name: 'its URL is as the parser writes it',
    play: async ({ fetch, serve }) => {
      const server = await serve(saying(ok()))
      return (await fetch(`${server.url}a b/../ü?q=ü`)).url.replace(server.url, '')
    },
    standard: '%C3%BC?q=%C3%BC',
  },
  {
    name: 'its headers are joined, in order of their names, cookies apart',
    play: async (stage) => {
      const response = await answer(
        stage,
        head('200 OK', 'X-B: 1', 'Set-Cookie: a=1', 'x-b: 2', 'Set-Cookie: b=2', 'Content-Length: 0'),
      )
      return [
        [...response.headers].filter(([name]) => name !== 'content-length'),
        response.headers.getSetCookie(),
        response.headers.get('set-cookie'),
      ]
    },
    standard: [
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-b', '1, 2'],
      ],
      ['a=1', 'b=2'],
      'a=1, b=2',
    ],
  },
  {
    name: 'its header values are latin-1',
    play: async (stage) =>
      (await answer(stage, head('200 OK', 'X-A: \xe9', 'Content-Length: 0'))).headers.get('X-A'),
    standard: 'é',
  },
  {
    name: 'its headers and its body are the same objects each time',
    play: async (stage) => {
      const response = await answer(stage, ok())
      return [response.headers === response.headers, response.body === response.body]
    },
    standard: [true, true],
  },
  {
    name: 'its headers cannot be changed',
    play: async (stage) => {
      const { headers } = await answer(stage, ok())
      return failure(() => headers.set('X-A', '1'))
    },
    standard: 'TypeError',
  },
  {
    name: 'its status cannot be assigned',
    play: async (stage) => {
      const response = await answer(stage, ok())
      return failure(() => Object.assign(response, { status: 500 }))
    },
    standard: 'TypeError',
  },
  {
    name: 'methods borrowed from Response.prototype read it',
    play: async (stage) => Response.prototype.text.call(await answer(stage, ok('body'))),
    standard: 'body',
  },
  {
    name: 'informational responses before it are passed over',
    play: async (stage) => {
      const response = await answer(
        stage,
        head('103 Early Hints', 'Link: </a>') + head('102 Processing') + ok('end').toString(),
      )
      return [response.status, response.headers.has('Link'), await response.text()]
    },
    standard: [200, false, 'end'],
  },
  {
    name: 'an answer of HTTP/1.0 ends with its connection',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ end }) => end('HTTP/1.0 200 OK\r\n\r\nall of it'))
      return (await fetch(server.url)).text()
    },
    standard: 'all of it',
  },
  {
    name: 'a coded body is decoded, and its headers stand',
    play: async (stage) => {
      const response = await answer(stage, ok(gzipSync('plain'), 'Content-Encoding: gzip'))
      return [
        await response.text(),
        response.headers.get('Content-Encoding'),
        response.headers.get('Content-Length') === String(gzipSync('plain').length),
      ]
    },
    standard: ['plain', 'gzip', true],
  },
  {
    name: 'a body of a coding that nobody knows is as it came',
    play: async (stage) => {
      const response = await answer(stage, ok('as it is', 'Content-Encoding: compress'))
      return failure(() => response.text()).then(async (outcome) =>
        outcome === 'no error' ? 'read' : outcome,
      )
    },
    standard: 'read',
  },
  {
    name: 'HEAD, 204, 205 and 304 have no body',
    play: async (stage) => {
      const all = [
        await answer(stage, head('200 OK', 'Content-Length: 5'), { method: 'HEAD' }),
        await answer(stage, head('204 No Content')),
        await answer(stage, head('205 Reset Content', 'Content-Length: 0')),
        await answer(stage, head('304 Not Modified')),
      ]
      return Promise.all(
        all.map(async (response) => [response.body, await response.text(), response.bodyUsed]),
      )
    },
    standard: Array.from({ length: 4 }, () => [null, '', false]),
  },
]
