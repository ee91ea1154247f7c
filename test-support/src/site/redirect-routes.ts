import type { Exchange } from './exchange.js'
import type { Route } from './routes.js'

/** Pages that send the caller elsewhere. */
export const redirectRoutes: [string, Route][] = [
  ['/redirect', countDown],
  ['/redirect-to', redirectTo],
]

/** `/redirect/N` takes N hops, by relative locations, to `/echo`. */
function countDown(exchange: Exchange): void {
  const hops = Number(exchange.segments[1])
  exchange.redirect(302, hops > 1 ? `${hops - 1}` : '../echo')
}

/** `/redirect-to?url=…&status=…&cookie=…` redirects there; without `url` it sends no `Location`. */
async function redirectTo(exchange: Exchange): Promise<void> {
  await exchange.body()
  const { searchParams } = exchange.url
  const status = Number(searchParams.get('status') ?? 302)
  const cookies = { 'Set-Cookie': searchParams.getAll('cookie') }
  const location = searchParams.get('url')
  if (location === null) exchange.text(status, 'nowhere to go\n', cookies)
  else exchange.redirect(status, location, cookies)
}
