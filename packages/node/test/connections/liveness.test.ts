import { type RequestListener, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, bundled, removePrograms } from '../run-script.js'

afterAll(removePrograms)

const uploads: string[] = []
const ANSWERS: Record<string, RequestListener> = {
  '/missing': (_request, response) => response.writeHead(404).end('missing'),
  '/silent': () => {},
  '/long': (_request, response) => response.end(Buffer.alloc(300_000)),
  '/endless': (_request, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      response.once('drain', more)
    }
    more()
  },
  '/stalls': (_request, response) => response.write('some'),
  '/early': (request, response) => {
    response.write('early')
    let text = ''
    request.on('data', (chunk) => (text += String(chunk)))
    request.on('end', () => (uploads.push(text), response.end()))
  },
}

const server = createServer((request, response) => {
  const answer = ANSWERS[request.url ?? '']
  if (answer) answer(request, response)
  else response.end('ok')
})
let url = ''
let wait: (...args: string[]) => Promise<Ended>

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  wait = await bundled('lonely-call')
})
afterAll(() => (server.closeAllConnections(), server.close()))

describe('Session: a program with nothing else to do', () => {
  it.each([
    'lookup',
    'guard',
    'request hook',
    'response hook',
    'error hook',
    'error hook that begins after it',
    'auth',
    'mounted transport',
    'pool behind a call',
    'agent behind a call',
    'agent behind an unread body that is too long',
    'dispatcher behind an unread body that is too long',
    'body that stalls',
    'body that stalls, left alone before',
  ])('hears of the deadline that ends the wait for a %s', async (what) => {
    const { code, stdout } = await wait(url, what)
    expect(stdout).toMatch(/^TimeoutError: Timed out after \d+ ms \(timeout\.total\): GET http:.*\nexit 0\n$/)
    expect(code).toBe(0)
  })

  it.each([
    ['lookup that answers late', 'ok'],
    ['request hook that answers late', 'ok'],
    ['error hook that answers late', 'late'],
    ['pool behind an unread body', 'ok'],
    // Nobody waits for these any more.
    ['body that nobody reads', '200'],
    ['long body that nobody reads', '200'],
  ])('waits for what it needs, and no longer: a %s', async (what, said) => {
    expect(await wait(url, what)).toMatchObject({ code: 0, stdout: `${said}\nexit 0\n` })
  })

  it('sends the rest of a request that was answered early', async () => {
    expect(await wait(url, 'upload behind an early answer')).toMatchObject({
      code: 0,
      stdout: '200\nexit 0\n',
    })
    expect(uploads).toEqual(['piecepiecepiecepiecepiece'])
  })
})
