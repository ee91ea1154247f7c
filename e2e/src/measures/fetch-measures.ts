import type { Tab } from '../tab.js'
import { startHttp2Echo } from './http2-echo.js'
import { type Measure, openPage } from './measure.js'

/** A row that one function in a page over https can tell. Its argument is another site's address. */
function inPage(title: string, tell: (b: string) => string | Promise<string>): Measure {
  return {
    title,
    async run(tab: Tab, sites) {
      const { b } = await openPage(tab, sites)
      return tab.evaluate(tell, b)
    },
  }
}

/** Sends a stream of `text` to an address, and reports the result. */
function streamTo(url: string): Promise<string> {
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    duplex: 'half',
    body: new Blob(['text']).stream(),
  }
  return fetch(new URL('/echo', url), init).then(
    async (response) => {
      const answer = await response.text()
      if (answer === 'text') return 'yes'
      return answer.includes('[object ReadableStream]') ? 'its name is sent' : answer
    },
    (error: Error) => error.name,
  )
}

export const fetchMeasures: readonly Measure[] = [
  inPage('a redirect with `redirect: "manual"`', async () => {
    const { type, status, headers } = await fetch('redirect/1', { redirect: 'manual' })
    return `${type}, status ${status}, ${headers.has('Location') ? 'with' : 'no'} Location`
  }),
  inPage('the most redirects that it follows', async () => {
    const ends = (hops: number) =>
      fetch(`redirect/${hops}`).then(
        () => true,
        () => false,
      )
    for (let hops = 19; hops < 25; hops += 1) if (!(await ends(hops + 1))) return String(hops)
    return 'more than 25'
  }),
  inPage('`Authorization` is kept on a redirect to another origin', async (b) => {
    const url = `redirect-to?url=${encodeURIComponent(`${b}echo`)}`
    const { headers } = (await (await fetch(url, { headers: { Authorization: 'Bearer x' } })).json()) as {
      headers: object
    }
    return 'authorization' in headers ? 'yes' : 'no'
  }),
  inPage('headers that a page sets and that do not go out', async () => {
    const names = [
      'Accept-Encoding',
      'Cookie',
      'Date',
      'Host',
      'Origin',
      'Referer',
      'User-Agent',
      'Via',
      'X-App',
    ]
    const sent = Object.fromEntries(names.map((name) => [name, 'by-a-page']))
    const { headers } = (await (await fetch('echo', { headers: sent })).json()) as {
      headers: Record<string, string>
    }
    return names.filter((name) => headers[name.toLowerCase()] !== 'by-a-page').join(', ')
  }),
  inPage('`keepalive`', async () => {
    if (!('keepalive' in Request.prototype)) return 'no'
    const send = (length: number) =>
      fetch('upload', { method: 'POST', keepalive: true, body: new Uint8Array(length) }).then(
        () => true,
        () => false,
      )
    const [small, large] = [await send(65_536), await send(65_537)]
    if (small && large) return 'yes, bodies of any size'
    return small ? 'yes, bodies up to 64 KiB' : 'yes, no body of 64 KiB'
  }),
  inPage('`priority`', () => {
    const asked: string[] = []
    const init = {
      get priority() {
        asked.push('priority')
        return 'high' as const
      },
    }
    void new Request('json', init)
    return asked.length > 0 ? 'yes' : 'no'
  }),
  inPage('a stream as a body, over HTTP/1.1', streamTo),
  {
    title: 'a stream as a body, over HTTP/2',
    async run(tab, sites) {
      await openPage(tab, sites)
      const echo = await startHttp2Echo(sites.certificate)
      const told = await tab.evaluate(streamTo, `https://api.test:${echo.port}/`)
      await echo.close()
      return told
    },
  },
  inPage('`duplex` in `Request.prototype`', () => ('duplex' in Request.prototype ? 'yes' : 'no')),
  inPage('`body` in `Request.prototype`', () => ('body' in Request.prototype ? 'yes' : 'no')),
  inPage('`bytes` in `Response.prototype`', () => ('bytes' in Response.prototype ? 'yes' : 'no')),
  inPage('`AbortSignal.any` and `.timeout`', () =>
    'any' in AbortSignal && 'timeout' in AbortSignal ? 'yes' : 'no',
  ),
  inPage('a body that was refused while a reader held it can be read after', async () => {
    const response = await fetch('bytes/1000')
    const reader = response.body?.getReader()
    await response.text().catch(() => 'refused')
    reader?.releaseLock()
    return response.text().then(
      () => 'yes',
      () => 'no',
    )
  }),
  inPage('the error of a failed fetch', () =>
    fetch('reset').then(
      () => 'nothing',
      (error: Error) => String(error),
    ),
  ),
  inPage('the error of a fetch without CORS', (b) =>
    fetch(`${b}no-cors/json`).then(
      () => 'nothing',
      (error: Error) => String(error),
    ),
  ),
  inPage('the step of `performance.now()`', () => {
    const steps: number[] = []
    for (let last = performance.now(), count = 0; count < 20; ) {
      const now = performance.now()
      if (now === last) continue
      steps.push(now - last)
      last = now
      count += 1
    }
    return `${Math.round(Math.min(...steps) * 1000)} µs`
  }),
]
