import { cookieText } from '@session-fetch/core/adapter'

/** A cookie that was not stored. Its value is left out. */
export interface RejectedCookie {
  /** Empty where the line has no readable name. */
  readonly name: string
  readonly reason: CookieRejection
  /** The URL that set it, without userinfo and query; empty where a jar was changed without one. */
  readonly url: string
}

/** Why a cookie was not stored. Each is a rule of RFC 6265bis §5.6 or §5.7 unless said. */
export type CookieRejection =
  /** It is neither a name nor a value. */
  | 'empty'
  /** A control character, or what is no UTF-8 text. */
  | 'invalid-character'
  /** Name and value are longer than 4096 bytes. */
  | 'too-large'
  /** Without a name, its value would be read as a name and a value, or as a prefixed name. */
  | 'nameless'
  /** The URL is neither http: nor https:. */
  | 'not-http'
  /** The Domain attribute is no host name, or not one that the URL's host belongs to. */
  | 'domain-mismatch'
  /** The Domain attribute is a suffix under which strangers register, such as `co.uk`. */
  | 'public-suffix'
  /** Secure, over plain http to another machine. */
  | 'insecure-origin'
  /** It would replace, hide or end a Secure cookie over plain http. */
  | 'secure-exists'
  /** SameSite=None without Secure. */
  | 'same-site-none'
  /** Partitioned without Secure, or (imports only) of a partition that is not its own site's. */
  | 'partitioned'
  /** A name that begins with `__Secure-`, `__Host-`, `__Http-` or `__Host-Http-`, without what the prefix promises. */
  | 'prefix'
  /** HttpOnly, set by or hidden from what is no HTTP (`session.cookies.jar` with `http: false` only). */
  | 'http-only'
  /** SameSite, set by another site (`session.cookies.jar` with `sameSiteContext: 'none'` only). */
  | 'same-site'
  /** The path does not begin with a slash (imports only). */
  | 'invalid-path'
  /** Not a date (imports only). */
  | 'invalid-expiry'
  /** It had ended before it was read (imports only). */
  | 'expired'
  /** The entry is not a cookie at all (imports only). */
  | 'malformed'
  /** More entries than an import takes (imports only). */
  | 'too-many'
  /** A jar that is not ours did not take it. */
  | 'refused-by-jar'

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
