import { expect, openLibrary, test } from '../src/test.js'

test.describe('xhrTransport', () => {
  test('reports upload and download progress, for the same site and another', async ({ tab, sites }) => {
    const [home, away] = [sites.https.home.at('app.test'), sites.https.away.at('api.test')]
    await openLibrary(tab, home)
    const size = 300_000
    const seen = await tab.evaluate(
      async ([size, ...urls]) => {
        const { Session, xhrTransport } = sessionFetch
        const session = new Session()
        session.mount('https://', xhrTransport())
        const answers = []
        for (const url of urls) {
          type Progress = { bytes: number; total: number | null }
          const [up, down]: [Progress[], Progress[]] = [[], []]
          const { bytes, type } = await session
            .put(`${url}upload`, {
              body: new Blob(['x'.repeat(size)], { type: 'text/plain' }),
              onUploadProgress: (progress) => up.push(progress),
            })
            .json<{ bytes: number; type: string }>()
          const body = await session
            .get(`${url}bytes/${size}`, { onDownloadProgress: (progress) => down.push(progress) })
            .bytes()
          const rising = [up, down].every((told) =>
            told.every(({ bytes }, at) => bytes >= (told[at - 1]?.bytes ?? 0)),
          )
          answers.push([bytes, type, body.length, body[255], up.at(0), up.at(-1), down.at(-1), rising])
        }
        return answers
      },
      [size, home, away] as const,
    )
    const [start, end] = [
      { bytes: 0, total: size },
      { bytes: size, total: size },
    ]
    const answer = [size, 'text/plain', size, 255, start, end, end, true]
    expect(seen).toEqual([answer, answer])
  })

  test('reports a download after the upload, once the headers have arrived', async ({ tab, sites }) => {
    const home = sites.https.home.at('app.test')
    await openLibrary(tab, home)
    const told = await tab.evaluate(async (baseUrl) => {
      const { Session, xhrTransport } = sessionFetch
      const session = new Session({ baseUrl })
      session.mount(baseUrl, xhrTransport())
      const events: string[] = []
      await session
        .put('upload', {
          body: new Blob([new Uint8Array(5000)]),
          onUploadProgress: ({ bytes, total }) => events.push(`up ${bytes} of ${total}`),
          onDownloadProgress: ({ bytes }) => events.push(`down ${bytes}`),
        })
        .bytes()
      return events
    }, home)
    const at = told.indexOf('down 0')
    expect(told.slice(0, at).every((event) => event.startsWith('up'))).toBe(true)
    expect(told[at - 1]).toBe('up 5000 of 5000')
    expect(told.slice(at).every((event) => event.startsWith('down'))).toBe(true)
    expect(told.length).toBeGreaterThan(at + 1)
  })

  test('returns the same response as fetch', async ({ tab, sites }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const seen = await tab.evaluate(async (baseUrl) => {
      const { HttpError, Session, SessionResponse, xhrTransport } = sessionFetch
      const session = new Session({ baseUrl, headers: { 'X-App': 'demo' }, auth: ['user', 'secret'] })
      session.mount(baseUrl, xhrTransport())
      const describe = async (init: { onDownloadProgress?: () => void; onUploadProgress?: () => void }) => {
        const moved = await session.post('redirect-to?url=/echo&status=307#end', { ...init, json: { a: 1 } })
        const { method, headers, body } = await moved
          .clone()
          .json<{ method: string; headers: Record<string, string>; body: string }>()
        const empty = await session.get('status/204', init)
        const failed = await session
          .get('status/404', init)
          .json()
          .catch((error: unknown) => error)
        return [
          moved instanceof SessionResponse,
          [moved.status, moved.url, moved.redirected, moved.headers.get('Content-Type'), moved.bodyUsed],
          [method, headers['x-app'], headers['authorization'], headers['content-type'], body],
          [empty.status, await empty.text(), (await session.head('echo', init)).headers.get('X-Method')],
          failed instanceof HttpError && [failed.status, await failed.response.json()],
          await (await session.get('json', init)).text(),
          await session.get('gzip', init).json(),
        ]
      }
      const listener = (): void => {}
      return [
        await describe({}),
        await describe({ onDownloadProgress: listener }),
        await describe({ onUploadProgress: listener }),
      ]
    }, site)
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
    expect(seen[0]?.[1]).toEqual([200, `${site}echo#end`, true, 'application/json', false])
  })

  test('fails as fetch does: no CORS, abort, deadline, a listener that throws', async ({ tab, sites }) => {
    const [home, away] = [sites.https.home.at('app.test'), sites.https.away.at('api.test')]
    await openLibrary(tab, home)
    const seen = await tab.evaluate(
      async ([home, away]) => {
        const { Session, xhrTransport } = sessionFetch
        const session = new Session()
        session.mount('https://', xhrTransport())
        const onUploadProgress = (): void => {}
        const failure = (call: Promise<unknown>): Promise<string> =>
          call.then(
            () => 'went well',
            ({ name, message }: Error) => `${name}: ${message}`,
          )
        const hang = (): string => `${home}hang?id=${crypto.randomUUID()}`
        const controller = new AbortController()
        const aborted = session.get(hang(), { onUploadProgress, signal: controller.signal })
        controller.abort(new DOMException('enough', 'AbortError'))
        const fault = (): never => {
          throw new RangeError('of a listener')
        }
        return Promise.all([
          failure(session.get(`${away}no-cors/json`, { onUploadProgress })),
          failure(aborted),
          failure(session.get(hang(), { onUploadProgress, timeout: 100 })),
          failure(session.put(`${home}upload`, { body: 'abc', onUploadProgress: fault })),
          failure(session.get(`${home}json`, { onDownloadProgress: fault }).json()),
          failure(session.get(`${home}json`, { onUploadProgress, redirect: 'error' })),
          failure(session.get(`${home}json`, { onUploadProgress, credentials: 'omit' })),
        ])
      },
      [home, away] as const,
    )
    expect(seen).toEqual([
      expect.stringMatching(/^ConnectionError: .*CORS/),
      'AbortError: enough',
      expect.stringMatching(/^TimeoutError: /),
      'RangeError: of a listener',
      'RangeError: of a listener',
      expect.stringMatching(/^UnsupportedError: redirect/),
      expect.stringMatching(/^UnsupportedError: credentials/),
    ])
  })

  test('fails a call with an invalid HTTP status', async ({ tab, sites }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const seen = await tab.evaluate(async (baseUrl) => {
      const { Session, xhrTransport } = sessionFetch
      const session = new Session({ baseUrl })
      session.mount(baseUrl, xhrTransport())
      const call = session.get('status/600', { onUploadProgress: () => {}, timeout: 60_000 })
      return [await call.then(() => 'went well', String), said]
    }, site)
    expect(seen).toEqual([expect.stringMatching(/^ProtocolError: The server answered with status 600/), []])
  })

  test('counts the decoded body, and reports each count once', async ({ tab, sites }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const seen = await tab.evaluate(async (baseUrl) => {
      const { Session, xhrTransport } = sessionFetch
      const session = new Session({ baseUrl })
      session.mount(baseUrl, xhrTransport())
      const told = async (path: string) => {
        const counts: [number, number | null][] = []
        const { length } = await session
          .get(path, {
            onUploadProgress: () => {},
            onDownloadProgress: ({ bytes, total }) => counts.push([bytes, total]),
          })
          .bytes()
        return { length, first: counts[0], last: counts.at(-1), most: Math.max(...counts.map(([at]) => at)) }
      }
      return [await told('gzip'), await told('bytes/0')]
    }, site)
    const length = seen[0]?.length ?? 0
    expect(seen).toEqual([
      { length, first: [0, null], last: [length, length], most: length },
      { length: 0, first: [0, 0], last: [0, 0], most: 0 },
    ])
  })

  test('is named by an UnsupportedError of fetch', async ({ tab, sites }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const seen = await tab.evaluate(async (url) => {
      const call = new sessionFetch.Session().put(`${url}upload`, { body: 'a', onUploadProgress: () => {} })
      return call.then(() => 'went well', String)
    }, site)
    expect(seen).toContain('xhrTransport()')
  })
})
