import { type PreparedRequest, UnsupportedError } from '@session-fetch/core'

const BROWSER_REDIRECTS = 20
const NODE_OPTIONS = ['jar', 'agent', 'proxy', 'tls', 'connections', 'http2', 'guard', 'maxResponseSize']
/** Fetch, "forbidden request-header", as far as names go; the ones that frame a message are refused everywhere. */
const FORBIDDEN_HEADER =
  /^(?:accept-charset|accept-encoding|access-control-request-.*|cookie2?|date|dnt|host|origin|referer|set-cookie|te|trailer|via|proxy-.*|sec-.*)$/

/** @throws UnsupportedError naming a constructor option that only Node has */
export function refuseNodeOptions(options: object): void {
  const name = Object.keys(options).find((option) => NODE_OPTIONS.includes(option))
  if (name !== undefined)
    throw new UnsupportedError(`${name}: a page has no say in this; it is an option for Node`)
}

/** @throws UnsupportedError naming what was asked for that a page cannot do */
export function refuseUnsupported(request: PreparedRequest): void {
  const { settings } = request
  if (settings.unsupported === 'ignore') return
  const asked = [
    settings.cookies !== '' && 'cookies: the browser alone writes the Cookie header',
    settings.maxRedirects !== BROWSER_REDIRECTS &&
      `maxRedirects: a browser follows ${BROWSER_REDIRECTS}, no more and no fewer`,
    settings.timeouts?.connect !== undefined &&
      'timeout.connect: a page cannot see when a connection is made',
    settings.hooks.redirect.length > 0 && 'hooks.redirect: a browser follows redirects unseen',
    request.redirect === 'manual' &&
      "redirect: 'manual' shows a page nothing of the redirect; use 'follow' or 'error'",
    forbiddenHeader(request.headers),
  ].find((complaint) => typeof complaint === 'string')
  if (typeof asked === 'string') throw new UnsupportedError(asked, { request })
}

function forbiddenHeader(headers: Headers): string | undefined {
  const name = [...headers.keys()].find((header) => FORBIDDEN_HEADER.test(header))
  return name && `headers: a page may not set "${name}"; the browser would drop it in silence`
}
