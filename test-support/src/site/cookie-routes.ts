import type { Exchange } from './exchange.js'
import type { Route } from './routes.js'

/** Pages that set cookies and show them. */
export const cookieRoutes: [string, Route][] = [
  ['/cookies', (exchange) => exchange.json(200, exchange.cookies)],
  ['/cookies/set', setAndRedirect],
  ['/set-cookie', setRaw],
  ['/set-cookie/utf-8', setUtf8],
]

/** `/cookies/set?name=value` sets each pair on a 302 to `/cookies`. */
function setAndRedirect(exchange: Exchange): void {
  const cookies = [...exchange.url.searchParams].map(([name, value]) => `${name}=${value}; Path=/`)
  exchange.redirect(302, '/cookies', { 'Set-Cookie': cookies })
}

/** `/set-cookie?line=…&line=…` sends each line as a separate `Set-Cookie` header. */
function setRaw(exchange: Exchange): void {
  exchange.text(200, 'set\n', { 'Set-Cookie': exchange.url.searchParams.getAll('line') })
}

/** `/set-cookie/utf-8?line=…` sends the line in UTF-8. */
function setUtf8({ response, url }: Exchange): void {
  const line = Buffer.from(url.searchParams.get('line') ?? '').toString('latin1')
  response.writeHead(200, { 'Set-Cookie': line, 'Content-Length': 0 }).end() // with text after them, headers are UTF-8
}
