import { expect, openLibrary, test } from '../src/test.js'

test.describe('session.capabilities', () => {
  test('detects whether the engine sends streams, and the session refuses them otherwise', async ({
    tab,
    sites,
    engineName,
  }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const seen = await tab.evaluate(async (baseUrl) => {
      const { Session, UnsupportedError } = sessionFetch
      const session = new Session({ baseUrl })
      const body = new Blob(['a']).stream()
      const refused = await session.post('upload', { body }).then(
        () => false,
        (error: unknown) => error instanceof UnsupportedError,
      )
      const blob = await new Response(new Blob(['a']).stream()).blob()
      const { bytes } = await session.post('upload', { body: blob }).json<{ bytes: number }>()
      return [session.capabilities.streamingUploads, refused, bytes]
    }, site)
    const streams = engineName === 'chromium'
    // Chromium streams only over HTTP/2, which the site does not support: that is a different failure.
    expect(seen).toEqual([streams, !streams, 1])
  })

  test('matches the engine for headers: fetch silently drops those that a session refuses', async ({
    tab,
    sites,
  }) => {
    const site = sites.https.home.at('app.test')
    await openLibrary(tab, site)
    const seen = await tab.evaluate(async (baseUrl) => {
      const { Session, UnsupportedError } = sessionFetch
      const session = new Session({ baseUrl })
      const names =
        'Accept-Charset Accept-Encoding Access-Control-Request-Method Connection Content-Length Cookie Cookie2 Date DNT ' +
        'Expect Host Keep-Alive Origin Referer Set-Cookie TE Trailer Transfer-Encoding Upgrade Via Proxy-X Sec-X'
      const wrong = []
      for (const name of names.split(' ')) {
        const headers = { [name]: 'marked' }
        const refused = await session.get('echo', { headers }).catch((error: unknown) => error)
        const dropped = await (await session.fetch('echo', { headers })).text()
        if (!(refused instanceof UnsupportedError) || dropped.includes('marked')) wrong.push(name)
      }
      return wrong
    }, site)
    expect(seen).toEqual([])
  })
})

test.describe('a call that CORS stops', () => {
  test('names possible causes, and with explainCors the required headers', async ({ tab, sites }) => {
    const [a, b] = [sites.https.home.at('app.test'), sites.https.away.at('api.test')]
    await openLibrary(tab, a)
    const seen = await tab.evaluate(async (b) => {
      const { Session, explainCors } = sessionFetch
      const session = new Session({ baseUrl: `${b}no-cors/` })
      const failure = (): Promise<string> => session.put('echo', { json: {} }).then(() => 'went well', String)
      const brief = await failure()
      session.hooks.error.push(explainCors)
      return [brief, await failure(), location.origin]
    }, b)
    const [brief, full, origin] = seen
    expect(brief).toMatch(/^ConnectionError: .*CORS.*credentials: 'include'/)
    for (const part of [
      `Access-Control-Allow-Origin: ${origin}, not *`,
      'Access-Control-Allow-Credentials: true',
      'Access-Control-Allow-Methods: PUT',
      'Access-Control-Allow-Headers: content-type',
    ])
      expect(full).toContain(part)
  })
})
