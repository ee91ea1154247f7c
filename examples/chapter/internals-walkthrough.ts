/**
 * What happens inside one call: settings are merged, a request is prepared, the transport adapter mounted for its
 * URL sends it, and the session keeps what the response brought.
 *
 * Node 22.18 or later runs this file directly, against any httpbin:
 * `node examples/chapter/internals-walkthrough.ts http://127.0.0.1:8000`
 */
import { fileURLToPath } from 'node:url'
import { Session, type Transport } from 'session-fetch'

type Print = (...values: unknown[]) => void

/** Tells the example through `print`, against the httpbin at `base`. */
export async function main(base: string, print: Print): Promise<void> {
  const session = new Session({
    headers: { 'X-Session': 'yes', 'X-Both': 'session' },
    params: { lang: 'en' },
  })
  const tracing = trace(session.transportFor(base), print)
  session.mount(`${base}/`, tracing)
  session.mount(`${base}/status/`, canned)

  const url = `${base}/cookies/set/stage/done`
  const prepared = session.prepare('GET', url, { headers: { 'X-Both': 'call' }, params: { page: '2' } })
  const { method, headers } = prepared
  print('1. Merged headers:', { 'X-Session': headers.get('X-Session'), 'X-Both': headers.get('X-Both') })
  print('2. Prepared request:', { method, target: target(prepared.url) })

  print('3. The adapter of the longest matching prefix:')
  print('/cookies goes to the tracing adapter:', session.transportFor(`${base}/cookies`) === tracing)
  print('/status/418 goes to the canned adapter:', session.transportFor(`${base}/status/418`) === canned)

  print('4. Sending, hop by hop:')
  const response = await session.send(prepared)

  print('5. What the session made of it:')
  const kept = await session.cookies.getAll({ url: base })
  print('cookies:', Object.fromEntries(kept.map(({ name, value }) => [name, value])))
  print(
    'history:',
    response.history.map((hop) => hop.status),
  )
  print('answer:', await response.json())
  print('canned answer:', await session.get(`${base}/status/418`).text())
  await session.close()
}

/** An adapter that logs the requests of another one. */
function trace(network: Transport, print: Print): Transport {
  return {
    async send(request) {
      const { method, url, headers } = request
      print('adapter sends:', { method, target: target(url), cookie: headers.get('Cookie') })
      const response = await network.send(request)
      print('adapter got:', { status: response.status, setCookie: response.headers.get('Set-Cookie') })
      return response
    },
  }
}

/** An adapter that responds itself, without the network. */
const canned: Transport = { send: () => Promise.resolve(new Response('short and stout')) }

/** The path and query of a URL. */
function target(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv[2] ?? process.env['HTTPBIN_URL'] ?? 'https://httpbin.org', console.log)
}
