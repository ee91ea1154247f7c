import type { Exchange } from './exchange.js'
import type { Route } from './routes.js'

/** Pages that set cookies and show them. */
export const cookieRoutes: [string, Route][] = [
  ['/cookies', (exchange) => exchange.json(200, exchange.cookies)],
  ['/cookies/set', setAndRedirect],
  ['/set-cookie', setRaw],
]

/** `/cookies/set?name=value` sets each pair on a 302 to `/cookies`. */
function setAndRedirect(exchange: Exchange): void {
  const cookies = [...exchange.url.searchParams].map(([name, value]) => `${name}=${value}; Path=/`)
  exchange.redirect(302, '/cookies', { 'Set-Cookie': cookies })
}

/** `/set-cookie?line=…&line=…` sends each line as a `Set-Cookie` header of its own. */
function setRaw(exchange: Exchange): void {
  exchange.text(200, 'set\n', { 'Set-Cookie': exchange.url.searchParams.getAll('line') })
}
