/**
 * A session is closed at the end of its scope, also when the block throws.
 *
 * `try … finally` runs everywhere; where the runtime knows it, `await using session = new Session()` says the
 * same in one line.
 *
 * Node 22.18 or later runs this file directly, against any httpbin:
 * `node examples/chapter/scope-closes-session.ts http://127.0.0.1:8000`
 */
import { fileURLToPath } from 'node:url'
import { Session } from 'session-fetch'

/** Tells the example through `print`, against the httpbin at `base`. */
export async function main(base: string, print: (...values: unknown[]) => void): Promise<void> {
  const session = new Session()
  try {
    await session.get(`${base}/cookies/set/contextcookie/abc`)
    print("Cookies sent within 'with' block:", await session.get(`${base}/cookies`).json())
  } finally {
    await session.close()
  }
  print("\nSession automatically closed after 'with' block.")

  const unlucky = new Session()
  const closings = watchClosing(unlucky, `${base}/`)
  try {
    await failInside(unlucky, `${base}/cookies`)
  } catch (error) {
    print('\nThe block threw:', named(error))
  }
  print('Times its adapter was closed:', closings.length)
  print('A request after that:', await unlucky.get(`${base}/cookies`).then(() => 'answered', named))
}

/** A block that does not end well. */
async function failInside(session: Session, url: string): Promise<void> {
  try {
    const response = await session.get(url)
    throw new TypeError(`no use for a ${response.status}`)
  } finally {
    await session.close()
  }
}

/** Notes each time the session closes the transport it has for `prefix`. */
function watchClosing(session: Session, prefix: string): string[] {
  const closings: string[] = []
  const network = session.transportFor(prefix)
  session.mount(prefix, {
    send: (request) => network.send(request),
    close: () => {
      closings.push(prefix)
    },
  })
  return closings
}

function named(error: unknown): string {
  return error instanceof Error ? error.name : String(error)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv[2] ?? process.env['HTTPBIN_URL'] ?? 'https://httpbin.org', console.log)
}
