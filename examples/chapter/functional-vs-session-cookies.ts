/**
 * A session keeps the cookie a site gave it; the functional `get` forgets it at once.
 *
 * Node 22.18 or later runs this file directly, against any httpbin:
 * `node examples/chapter/functional-vs-session-cookies.ts http://127.0.0.1:8000`
 */
import { fileURLToPath } from 'node:url'
import { Session, get } from 'session-fetch'

/** Tells the example through `print`, against the httpbin at `base`. */
export async function main(base: string, print: (...values: unknown[]) => void): Promise<void> {
  const shown = `${base}/cookies` // answers with the cookies it was sent
  const setter = `${base}/cookies/set/sessioncookie/123456789`
  const session = new Session()

  print('Trying to access protected page without login...')
  print('Cookies sent (should be none):', await session.get(shown).json())

  print('\nSimulating login by getting a cookie...')
  await session.get(setter)
  const kept = await session.cookies.getAll({ url: base })
  print('Session cookies after setting:', Object.fromEntries(kept.map(({ name, value }) => [name, value])))

  print('\nTrying to access protected page AGAIN with the session...')
  print('Cookies sent (should have sessioncookie):', await session.get(shown).json())
  await session.close()

  print('\nTrying the same with functional API (will fail)...')
  await get(setter)
  print('Cookies sent via functional API (should be none):', await get(shown).json())
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv[2] ?? process.env['HTTPBIN_URL'] ?? 'https://httpbin.org', console.log)
}
