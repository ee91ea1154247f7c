import { createHash } from 'node:crypto'
import type { Connections } from './connections.js'
import type { Exchange } from './exchange.js'
import type { Route } from './routes.js'

/** Pages that return the received request. */
export function echoRoutes(connections: Connections): [string, Route][] {
  return [
    ['/echo', echo],
    ['/upload', upload],
    ['/connection', (exchange) => exchange.json(200, { id: connections.idOf(exchange.request) })],
    ['/connections', (exchange) => exchange.json(200, { count: connections.count() })],
  ]
}

async function echo(exchange: Exchange): Promise<void> {
  const { request, url, target } = exchange
  const body = (await exchange.body()).toString()
  const seen = {
    method: request.method,
    target,
    path: url.pathname,
    query: [...url.searchParams],
    headers: request.headers,
    body,
  }
  exchange.json(200, seen, { 'X-Method': request.method ?? '', Link: '<?page=2>; rel="next"' })
}

async function upload(exchange: Exchange): Promise<void> {
  const body = await exchange.body()
  const type = exchange.request.headers['content-type'] ?? null
  exchange.json(200, { bytes: body.length, sha256: createHash('sha256').update(body).digest('hex'), type })
}
