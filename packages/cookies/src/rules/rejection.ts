import { cookieText } from '@session-fetch/core/adapter'

/** A rejected cookie, without the value. */
export interface RejectedCookie {
  /** Empty if the line has no readable name. */
  readonly name: string
  readonly reason: CookieRejection
  /** The URL that set it, without userinfo and query; empty if a jar was changed without one. */
  readonly url: string
}

/** Why a cookie was rejected: by a rule of RFC 6265bis §5.6 or §5.7 unless noted. */
export type CookieRejection =
  /** Neither a name nor a value. */
  | 'empty'
  /** A control character, or text that is not UTF-8. */
  | 'invalid-character'
  /** Name and value exceed 4096 bytes. */
  | 'too-large'
  /** Nameless, with a value that would be read as a name and a value, or as a prefixed name. */
  | 'nameless'
  /** The URL is not http:, https:, ws: or wss:. */
  | 'not-http'
  /** The Domain attribute is not a host name, or does not match the URL's host. */
  | 'domain-mismatch'
  /** The Domain attribute is a public suffix, such as `co.uk`. */
  | 'public-suffix'
  /** Secure, over plain http to another machine. */
  | 'insecure-origin'
  /** It would replace, hide or delete a Secure cookie over plain http. */
  | 'secure-exists'
  /** SameSite=None without Secure. */
  | 'same-site-none'
  /** Partitioned without Secure, or (imports only) in the partition of another site. */
  | 'partitioned'
  /**
   * A name that starts with `__Secure-`, `__Host-`, `__Http-` or `__Host-Http-`, without the attributes that the
   * prefix requires.
   */
  | 'prefix'
  /** HttpOnly, set or replaced by a non-HTTP API (`session.cookies.jar` with `http: false` only). */
  | 'http-only'
  /** SameSite, set by another site (`session.cookies.jar` with `sameSiteContext: 'none'` only). */
  | 'same-site'
  /** The path does not start with a slash (imports only). */
  | 'invalid-path'
  /** Not a date (imports only). */
  | 'invalid-expiry'
  /** Already expired (imports only). */
  | 'expired'
  /** Not a cookie (imports only). */
  | 'malformed'
  /** Beyond the maximum number of entries (imports only). */
  | 'too-many'
  /** Rejected by an external jar. */
  | 'refused-by-jar'

/** Maximum length of a reported name. */
const NAME_SHOWN = 64

/** A rejected `Set-Cookie` line for reports: the name, never the value. */
export function rejectedCookie(line: string, reason: CookieRejection, url: string): RejectedCookie {
  const equals = line.search(/[=;]/)
  const name = equals > 0 && line[equals] === '=' ? line.slice(0, equals).trim() : ''
  return { name: shownName(name), reason, url: shownUrl(url) }
}

/** A name, made safe to display. */
export function shownName(bytes: string): string {
  return cookieText(bytes.slice(0, NAME_SHOWN)).replace(/\p{Cc}+/gu, ' ')
}

/** A URL without userinfo, query and fragment. */
function shownUrl(url: string): string {
  if (url === '') return ''
  const { protocol, host, pathname } = new URL(url)
  return host === '' ? protocol : `${protocol}//${host}${pathname}`
}
