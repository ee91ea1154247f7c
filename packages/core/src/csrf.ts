import type { SessionCookies } from './call/transport.js'
import type { HookSession, HookState, RequestHook } from './call/options.js'
import { checkMembers } from './model/option-values.js'
import { InvalidRequestError, UnsupportedError } from './model/errors.js'
import type { PreparedRequest } from './request/prepared-request.js'
import { keptByFork } from './call/hooks.js'
import { defined } from './model/own.js'

/** Where to find a site's CSRF token, and the header to send it in. */
export type CsrfOptions = (CsrfCookie | CsrfMeta | CsrfToken) & {
  /** The request header for the token. */
  header: string
}

interface CsrfCookie {
  /** The name of a cookie that scripts can read; in Node, of the jar, for the request's URL. */
  cookie: string
  /** Whether to percent-decode the value. Default: `true`. */
  decode?: boolean | undefined
}

interface CsrfMeta {
  /** The name of the page's `<meta name="…" content="token">`, read for each request. */
  meta: string
}

interface CsrfToken {
  /**
   * Returns the token, or `undefined` if there is none yet. Called for each request that needs it. Not copied
   * by `fork()`, because the token may belong to one user.
   *
   * @param state The session of the call, and the request.
   */
  token: (state: HookState) => Token | Promise<Token>
}

type Token = string | null | undefined

/**
 * The cookie and the header of Django (https://docs.djangoproject.com/en/stable/howto/csrf/#using-csrf-protection-with-ajax).
 *
 * @example new Session({ baseUrl: '/api/', csrf: csrf(django) })
 */
export const django: CsrfOptions = { cookie: 'csrftoken', header: 'X-CSRFToken' }
/**
 * The `<meta>` element and the header of Rails (https://guides.rubyonrails.org/security.html#csrf-countermeasures).
 *
 * @example new Session({ baseUrl: '/api/', csrf: csrf(rails) })
 */
export const rails: CsrfOptions = { meta: 'csrf-token', header: 'X-CSRF-Token' }
/**
 * The cookie and the header of Laravel (https://laravel.com/docs/csrf#csrf-x-xsrf-token).
 *
 * @example new Session({ baseUrl: '/api/', csrf: csrf(laravel) })
 */
export const laravel: CsrfOptions = { cookie: 'XSRF-TOKEN', header: 'X-XSRF-TOKEN' }
/**
 * The cookie and the header of Angular (https://angular.dev/best-practices/security#httpclient-xsrf-csrf-security).
 *
 * @example new Session({ baseUrl: '/api/', csrf: csrf(angular) })
 */
export const angular: CsrfOptions = laravel

/** Methods that change nothing: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/**
 * For the `csrf` option of a session or a call: copies the site's token into a header of each request with an
 * unsafe method. It is sent to the session's origins only. A session without a `baseUrl` sends it to the origin of the
 * page and, in Node, to any URL that the jar has the cookie for. A header set by the caller or a hook is kept.
 *
 * Over https, outside browsers, the request also gets the `Origin` and `Referer` of its own origin, which
 * Django and others check.
 *
 * @throws InvalidRequestError naming the invalid option; at a request, if the token is not a valid header
 *   value, or if a `token` function is used without a `baseUrl`
 * @throws UnsupportedError at a request, if `meta` is used without a document
 * @example new Session({ baseUrl: '/api/', csrf: csrf(django) })
 */
export function csrf(options: CsrfOptions): RequestHook {
  const given = checkedOptions(options)
  const hook: RequestHook = async (state) => {
    const { session, request } = state
    if (SAFE.includes(request.method)) return
    if (!request.headers.has(given.header)) {
      if (!mayGetToken(session, request, given)) return
      const token = checkedToken(await findToken(state, given))
      if (token) request.headers.set(given.header, token)
    }
    if (session?.capabilities.forbiddenHeaders && session.home.has(new URL(request.url))) setOrigin(request)
  }
  return keptByFork(hook, !('token' in given))
}

const SOURCES: readonly string[] = ['cookie', 'meta', 'token']
/** A token (RFC 9110 §5.6.2). */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Copies the options. */
function checkedOptions(options: CsrfOptions): CsrfOptions {
  const given: Record<string, unknown> = defined(Object(options) as CsrfOptions)
  checkMembers('csrf', given, [...SOURCES, 'header', 'decode'])
  const sources = SOURCES.filter((name) => name in given)
  const [source = ''] = sources
  const { [source]: value, header, decode = true } = given
  const fault =
    (sources.length !== 1 && `csrf needs one of ${SOURCES.join(', ')}`) ||
    (source === 'token' && typeof value !== 'function' && 'csrf.token must be a function') ||
    (source !== 'token' && !isName(value) && `csrf.${source} must be a name`) ||
    (!(isName(header) && HEADER_NAME.test(header)) && 'csrf.header must be the name of a header') ||
    (typeof decode !== 'boolean' && 'csrf.decode must be true or false')
  if (fault)
    throw new InvalidRequestError(`${fault}, as in csrf({ cookie: 'csrftoken', header: 'X-CSRFToken' })`)
  return given as unknown as CsrfOptions // checked above
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** The message does not contain the token. */
function checkedToken(token: unknown): Token {
  if (token === undefined || token === null) return null
  if (typeof token === 'string' && HEADER_VALUE.test(token)) return token
  throw new InvalidRequestError('csrf: the token must be a valid header value')
}

/** Django requires one of them over https: https://docs.djangoproject.com/en/stable/ref/csrf/#how-it-works */
function setOrigin({ url, headers, referrer, referrerPolicy }: PreparedRequest): void {
  const { origin, protocol } = new URL(url)
  if (protocol !== 'https:') return
  if (!headers.has('Origin')) headers.set('Origin', origin)
  const hasReferrer = headers.has('Referer') || (referrer ?? 'about:client') !== 'about:client'
  if (!hasReferrer && referrerPolicy !== 'no-referrer') headers.set('Referer', `${origin}/`)
}

/** Whether the token may be sent to the URL of a request. A page's token is sent to the session's origins only. */
function mayGetToken(session: HookSession | null, request: PreparedRequest, options: CsrfOptions): boolean {
  const url = new URL(request.url)
  if (session?.home.named) return session.home.has(url)
  if (session?.capabilities.jar && 'cookie' in options) return true // the jar received it from that URL's site
  const { location } = globalThis
  if (location) return url.origin === location.origin
  throw new InvalidRequestError('csrf: the session needs a baseUrl, which says where the token may be sent', {
    request,
  })
}

async function findToken(state: HookState, options: CsrfOptions): Promise<Token> {
  if ('token' in options) return options.token(state)
  if ('meta' in options) return metaToken(options.meta)
  const value = await cookieValue(state.session, state.request, options.cookie)
  return value && options.decode !== false ? decoded(value) : value
}

function metaToken(name: string): Token {
  const { document } = globalThis
  if (!document) throw new UnsupportedError('csrf.meta: there is no document; pass a `token` function')
  return Array.from(document.querySelectorAll('meta')).find((meta) => meta.name === name)?.content
}

/** In a browser, the page's own cookie is read: one of the request's URL may belong to another host. */
async function cookieValue(
  session: HookSession | null,
  { url }: PreparedRequest,
  name: string,
): Promise<Token> {
  const { document } = globalThis
  if (session?.capabilities.jar) return (await session.cookies.get({ name, url }))?.value
  // insecure contexts have no CookieStore
  if (document) return documentCookie(document, name)
  return (await workerCookies(session).get(name))?.value
}

function workerCookies(session: HookSession | null): Pick<SessionCookies, 'get'> | CookieStore {
  const cookies = session?.cookies ?? globalThis.cookieStore
  if (cookies) return cookies
  throw new UnsupportedError('csrf.cookie: there is no CookieStore; pass a `token` function')
}

function documentCookie({ cookie }: Document, name: string): Token {
  const pair = cookie.split('; ').find((pair) => pair.startsWith(`${name}=`))
  return pair?.slice(name.length + 1)
}

/** Percent-decodes; keeps text that is malformed, or that decodes to an invalid header value. */
function decoded(value: string): string {
  try {
    const text = decodeURIComponent(value)
    return HEADER_VALUE.test(text) ? text : value
  } catch {
    return value
  }
}
