import { expect, openLibrary, test } from '../src/test.js'

/** Our options, members of `RequestInit`, `Response`, `URL`, parts and cookies, and what streams and events are told. */
const NAMES = `
  baseUrl origins unsupported headers params auth hooks timeout retry maxRedirects throwHttpErrors csrf json form
  multipart body cookies signal platform cache credentials duplex integrity keepalive maxResponseSize mode
  onDownloadProgress onUploadProgress priority redirect referrer referrerPolicy window method url abortOnPageHide
  trustEnv jar agent proxy tls total attempt connect limit methods statuses delay jitter budget request response error
  content filename type token refresh cookie meta header decode authenticate settings movedFrom cancellation session
  status statusText ok redirected bodyUsed href origin protocol username password host hostname port pathname search
  hash name value domain path expires maxAge secure httpOnly sameSite partitioned start pull cancel size highWaterMark
  fatal ignoreBOM stream endings once passive capture reason cause close getReader pipe copy byteLength aborted
  checks whenDone add hold release`
  .trim()
  .split(/\s+/)

/** Several names at once: a group that changes nothing holds no name that does. */
const GROUP = 8

test.describe('what Object.prototype holds in a page', () => {
  test.setTimeout(180_000)

  for (const kind of ['text', 'function', 'object', 'one'] as const)
    test(`changes nothing as ${kind}`, async ({ tab, sites }) => {
      await openLibrary(tab, sites.https.home.at('app.test'))
      const changing = await tab.evaluate(
        async ([names, kind, evil, size]) => {
          const prototype = Object.prototype as unknown as Record<string, unknown>
          const file = new File(['file'], 'f.txt', { type: 'text/x' })
          const init = { __proto__: null, method: 'POST', body: 'text', headers: { 'X-Call': '1' } }

          /** The requests that the site received, or the error. */
          const seen = async (answer: Promise<Response>): Promise<string> => {
            try {
              const response = await answer
              const { status, redirected } = response
              // Firefox draws boundaries of different lengths.
              const body = (await response.text())
                .replace(/(?:-{4,}|session-fetch-)[\w-]{8,}/g, 'boundary')
                .replace(/"content-length":"\d+",?/, '')
              return [status, redirected, body].join()
            } catch (error) {
              return String(error)
            }
          }

          const play = async (): Promise<string[]> => {
            const { Session, get, multipart } = sessionFetch
            const session = new Session({
              baseUrl: '/',
              auth: ['me', 'pw'],
              headers: { 'X-App': '1' },
              params: { lang: 'en' },
            })
            const child = session.fork({ headers: { 'X-Child': '1' } })
            const results = [
              await seen(session.get('echo')),
              await seen(session.get(new URL('/echo?url', location.href), {})),
              await seen(session.post('echo', { form: { a: '1', b: ['2', '3'] } })),
              await seen(session.post('echo', { json: { a: [1, null] } })),
              await seen(session.post('echo', { multipart: { a: 'text', file } })),
              await seen(session.post('echo', { body: multipart({ a: 'text', b: { content: 'c' }, file }) })),
              await seen(
                session.put('echo', { body: 'text', timeout: 60_000, retry: { limit: 1, delay: 1 } }),
              ),
              await seen(session.get('gzip')),
              await seen(session.fetch(`${location.origin}/echo`)),
              await seen(session.fetch(`${location.origin}/echo`, { ...init })),
              await seen(session.fetch(new Request('/echo', init))),
              await seen(session.send(session.prepare('GET', 'echo'))),
              await seen(session.get('echo', { hooks: { request: [], response: () => {} } })),
              await seen(session.get('echo', { auth: (request) => request.headers.set('X-Auth', '1') })),
              await seen(child.get('echo')),
              await seen(get('/echo', { params: { a: '1' } })),
            ]
            await child.close()
            await session.close()
            return results
          }

          const plant = (): unknown => {
            if (kind === 'text') return evil
            if (kind === 'function') return () => {}
            return kind === 'one' ? 1 : { href: evil, 'X-Evil': '1' }
          }

          const clean = await play()
          const changedBy = async (group: readonly string[]): Promise<string[]> => {
            for (const name of group) prototype[name] = plant()
            const results = await play()
            for (const name of group) delete prototype[name]
            const at = results.findIndex((result, index) => result !== clean[index])
            return at < 0 ? [] : [`${group.join(' ')}: ${results[at]} and not ${clean[at]}`]
          }
          const found: string[] = []
          for (let at = 0; at < names.length; at += size) {
            const group = names.slice(at, at + size)
            const together = await changedBy(group)
            const alone: string[] = []
            if (together.length > 0) for (const name of group) alone.push(...(await changedBy([name])))
            found.push(...(alone.length > 0 ? alone : together))
          }
          return found
        },
        [NAMES, kind, `${sites.https.away.at('api.test')}evil`, GROUP] as const,
      )
      expect(changing).toEqual([])
    })
})
