import { type Fault, head, ok } from '@session-fetch/test-support/fault-server'
import { type FetchCase, type Stage, failure, half } from './fetch-case.js'

async function against({ fetch, serve }: Stage, fault: Fault): Promise<unknown> {
  const server = await serve(fault)
  return failure(() => fetch(server.url))
}

export const failures: readonly FetchCase[] = [
  {
    name: 'nobody listens: a TypeError with a cause',
    play: async ({ fetch, serve }) => {
      const server = await serve(() => {})
      await server.close()
      return fetch(server.url).catch((error: Error) => [error.constructor.name, error.cause instanceof Error])
    },
    standard: ['TypeError', true],
  },
  {
    name: 'the connection is lost before an answer: a TypeError',
    play: async (stage) => [
      await against(stage, ({ end }) => end()),
      await against(stage, ({ reset }) => reset()),
    ],
    standard: ['TypeError', 'TypeError'],
  },
  {
    name: 'what comes is not HTTP: a TypeError',
    play: async (stage) =>
      Promise.all(
        [
          'nonsense\r\n\r\n',
          'HTTP/1.1 abc\r\n\r\n',
          head('200 OK', 'no colon'),
          head('200 OK', 'Content-Length: x'),
        ].map((bytes) => against(stage, ({ end }) => end(bytes))),
      ),
    standard: Array(4).fill('TypeError'),
  },
  {
    name: 'two lengths that differ: a TypeError',
    play: (stage) =>
      against(stage, ({ send }) => send(`${head('200 OK', 'Content-Length: 1', 'Content-Length: 2')}ab`)),
    standard: 'TypeError',
  },
  {
    name: 'protocols are switched unasked: a TypeError',
    play: (stage) =>
      against(stage, ({ send }) =>
        send(head('101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade')),
      ),
    standard: 'TypeError',
  },
  {
    name: 'the call fails with a TypeError if the body’s source fails',
    play: async ({ fetch, serve }) => {
      const server = await serve(() => {}, { early: true })
      const body = new ReadableStream({
        pull() {
          throw new RangeError('no more')
        },
      })
      return fetch(server.url, half({ method: 'POST', body })).catch((error: Error) =>
        error instanceof RangeError ? 'itself' : error.constructor.name,
      )
    },
    standard: 'TypeError',
  },
  {
    name: 'a failure status is none',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(head('500 Broken', 'Content-Length: 0')))
      return (await fetch(server.url)).status
    },
    standard: 500,
  },
  {
    name: 'a fetch is called without its object',
    play: async ({ fetch, serve }) => {
      const server = await serve(({ send }) => send(ok()))
      return (await Reflect.apply(fetch, undefined, [server.url])).status
    },
    standard: 200,
  },
]
