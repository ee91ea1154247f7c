import { cookieText } from '@session-fetch/core'
import type { RejectedCookie } from './cookie-news.js'
import type { CookieRejection } from './cookie-rejection.js'

/** Longest part of a name that is told. */
const NAME_SHOWN = 64

/** What may be told of a `Set-Cookie` line that was refused: its name, never its value. */
export function rejectedCookie(line: string, reason: CookieRejection, url: string): RejectedCookie {
  const equals = line.search(/[=;]/)
  const name = equals > 0 && line[equals] === '=' ? line.slice(0, equals).trim() : ''
  return { name: shownName(name), reason, url: shownUrl(url) }
}

/** What may be shown of a name, which may be anything. */
export function shownName(bytes: string): string {
  return cookieText(bytes.slice(0, NAME_SHOWN)).replace(/\p{Cc}+/gu, ' ')
}

/** A URL without userinfo, query and fragment. */
function shownUrl(url: string): string {
  if (url === '') return ''
  const { protocol, host, pathname } = new URL(url)
  return host === '' ? protocol : `${protocol}//${host}${pathname}`
}
