import type { Send } from './send.js'

/** What a session needs of a cookie store: what to send to a URL, and where to put what it answered. */
export interface CookieKeeper {
  /** The `Cookie` header for a request to `url`; empty when there is none. */
  headerFor(url: string): string | Promise<string>
  /** Stores the `Set-Cookie` lines that `url` answered with. A line that is no cookie is passed over. */
  capture(lines: readonly string[], url: string): void | Promise<void>
}

/** Attaches the cookies that `request.url` may get, and stores the ones it sends back. */
export function withCookies(send: Send, keeper: CookieKeeper): Send {
  return async (request) => {
    const stored = keeper.headerFor(request.url)
    const cookie = cookieHeader(typeof stored === 'string' ? stored : await stored, [
      request.headers.get('Cookie'),
      request.settings.cookies,
    ])
    let sent = request
    if (cookie !== '') {
      sent = request.copy()
      sent.headers.set('Cookie', cookie)
    }
    const response = await send(sent)
    const lines = response.setCookies
    if (lines.length > 0) {
      try {
        await keeper.capture(lines, request.url)
      } catch (error) {
        await response.discard()
        throw error
      }
    }
    return response.describe({ request })
  }
}

/** The jar's pairs, and the ones said for this call alone, which beat the jar's of the same name. */
function cookieHeader(stored: string, said: readonly (string | null)[]): string {
  const own = said.filter((pairs) => pairs !== null && pairs !== '')
  if (own.length === 0) return stored
  const named = new Map<string, string>()
  const pairs = own.flatMap((text) => (text ?? '').split(/;\s*/)).filter((pair) => pair !== '')
  for (const pair of pairs) named.set(nameOf(pair), pair)
  const kept = stored === '' ? [] : stored.split('; ').filter((pair) => !named.has(nameOf(pair)))
  return [...kept, ...named.values()].join('; ')
}

function nameOf(pair: string): string {
  return pair.slice(0, Math.max(pair.indexOf('='), 0)).trim()
}
