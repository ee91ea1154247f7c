/**
 * Headers, auth and query parameters set once on the session go with every request it makes.
 *
 * Node 22.18 or later runs this file directly, against any httpbin:
 * `node examples/chapter/persistent-settings.ts http://127.0.0.1:8000`
 */
import { fileURLToPath } from 'node:url'
import { Session } from 'session-fetch'

interface Echo {
  headers: Record<string, string>
  args: Record<string, string>
}

/** Tells the example through `print`, against the httpbin at `base`. */
export async function main(base: string, print: (...values: unknown[]) => void): Promise<void> {
  const session = new Session()
  session.headers.set('X-My-Custom-Header', 'HelloSession')
  session.auth = [process.env['HTTPBIN_USER'] ?? 'testuser', process.env['HTTPBIN_PASS'] ?? 'testpass']
  session.params.set('session_param', 'persistent')

  const url = `${base}/get`
  print(`Making request with persistent session settings to: ${url}`)
  const response = await session.get(url)
  print(`\nStatus Code: ${response.status}`)
  const { headers, args } = await response.json<Echo>()
  print('\nHeaders sent (look for X-My-Custom-Header):')
  print(headers)
  print('\nQuery parameters sent (look for session_param):')
  print(args)

  const other = `${base}/headers`
  print(`\nMaking request to ${other}...`)
  const again = await session.get(other).json<Echo>()
  print('Headers received by second request (still has custom header):')
  print(again.headers)
  await session.close()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv[2] ?? process.env['HTTPBIN_URL'] ?? 'https://httpbin.org', console.log)
}
