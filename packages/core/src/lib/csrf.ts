import { InvalidRequestError, UnsupportedError } from './errors.js'
import type { HookSession, HookState, RequestHook } from './hooks.js'
import type { PreparedRequest } from './prepared-request.js'
import type { SessionCookies } from './session-cookies.js'

/** Where a site's token against cross-site request forgery is found, and the header that hands it back. */
export type CsrfOptions = (CsrfCookie | CsrfMeta | CsrfToken) & {
  /** The request header that carries the token. */
  header: string
}

export interface CsrfCookie {
  /** The name of a cookie that scripts may read: in Node that of the jar for the request's URL. */
  cookie: string
  /** Whether its value is percent-decoded. Default: `true`. */
  decode?: boolean | undefined
}

export interface CsrfMeta {
  /** The name of the page's `<meta name="…" content="token">`, read anew for each request. */
  meta: string
}

export interface CsrfToken {
  /** Gives the token, or nothing where there is none yet. Asked for each request that needs it. */
  token: () => Token | Promise<Token>
}

type Token = string | null | undefined

/** https://docs.djangoproject.com/en/stable/howto/csrf/#using-csrf-protection-with-ajax */
export const django: CsrfOptions = { cookie: 'csrftoken', header: 'X-CSRFToken' }
/** https://guides.rubyonrails.org/security.html#csrf-countermeasures */
export const rails: CsrfOptions = { meta: 'csrf-token', header: 'X-CSRF-Token' }
/** https://laravel.com/docs/csrf#csrf-x-xsrf-token */
export const laravel: CsrfOptions = { cookie: 'XSRF-TOKEN', header: 'X-XSRF-TOKEN' }
/** https://angular.dev/best-practices/security#httpclient-xsrf-csrf-security */
export const angular: CsrfOptions = laravel

/** Methods that change nothing: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/**
 * For the `csrf` option of a session or a call: copies the site's token into a header of each request that may
 * change something. It goes to the session's home alone; a session without a `baseUrl` is at home on its page's
 * origin and, in Node, where the jar's cookie is. A header that the caller or a hook set stays as it is.
 *
 * @throws UnsupportedError at a request, where there is no document to read a `<meta>` of
 * @throws InvalidRequestError at a request, where nothing says whose `token` it is: the session needs a `baseUrl`
 * @example new Session({ baseUrl: '/api/', csrf: csrf(django) })
 */
export function csrf(options: CsrfOptions): RequestHook {
  return async ({ session, request }: HookState) => {
    if (SAFE.includes(request.method) || request.headers.has(options.header)) return
    if (!isHome(session, request, options)) return
    const token = await findToken(session, request, options)
    if (token) request.headers.set(options.header, token)
  }
}

/** Whose token it is. A page's is never sent to another origin that the session does not name. */
function isHome(session: HookSession | null, request: PreparedRequest, options: CsrfOptions): boolean {
  const url = new URL(request.url)
  if (session?.home.named) return session.home.has(url)
  if (session?.capabilities.jar && 'cookie' in options) return true // the jar has it from that URL's own site
  const { location } = globalThis
  if (location) return url.origin === location.origin
  throw new InvalidRequestError('csrf: a session needs a baseUrl, to know whose token this is', { request })
}

async function findToken(
  session: HookSession | null,
  request: PreparedRequest,
  options: CsrfOptions,
): Promise<Token> {
  if ('token' in options) return options.token()
  if ('meta' in options) return metaToken(options.meta)
  const value = await cookieValue(session, request, options.cookie)
  return value && options.decode !== false ? decoded(value) : value
}

function metaToken(name: string): Token {
  const { document } = globalThis
  if (!document) throw new UnsupportedError('csrf.meta: there is no document here; give `token`, a function')
  return Array.from(document.querySelectorAll('meta')).find((meta) => meta.name === name)?.content
}

/** A page's cookie may be meant for another of its hosts, so a browser is asked for the page's own. */
async function cookieValue(
  session: HookSession | null,
  { url }: PreparedRequest,
  name: string,
): Promise<Token> {
  const { document } = globalThis
  if (session?.capabilities.jar) return (await session.cookies.get({ name, url }))?.value
  // A page without a secure context has no CookieStore.
  if (document) return documentCookie(document, name)
  return (await workerCookies(session).get(name))?.value
}

function workerCookies(session: HookSession | null): Pick<SessionCookies, 'get'> | CookieStore {
  const cookies = session?.cookies ?? globalThis.cookieStore
  if (cookies) return cookies
  throw new UnsupportedError('csrf.cookie: there is no CookieStore here; give `token`, a function')
}

function documentCookie({ cookie }: Document, name: string): Token {
  const pair = cookie.split('; ').find((pair) => pair.startsWith(`${name}=`))
  return pair?.slice(name.length + 1)
}

/** Percent-decoding that takes what is badly encoded, or means what no header can hold, as it stands. */
function decoded(value: string): string {
  try {
    const text = decodeURIComponent(value)
    return /^[\t -~\x80-\xff]*$/.test(text) ? text : value
  } catch {
    return value
  }
}
