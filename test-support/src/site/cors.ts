import type { Exchange } from './exchange.js'

/** Lets any page of any origin call this site with credentials and read the answer. */
export function allowOrigin({ request, response }: Exchange): void {
  const origin = request.headers.origin
  if (origin === undefined) return
  response.setHeader('Access-Control-Allow-Origin', origin)
  response.setHeader('Access-Control-Allow-Credentials', 'true')
  response.setHeader('Access-Control-Expose-Headers', 'X-Method')
  response.setHeader('Vary', 'Origin')
}

/** Responds to a browser's preflight and returns true; other requests are not handled. */
export function answerPreflight({ request, response, cors }: Exchange): boolean {
  const method = request.headers['access-control-request-method']
  if (request.method !== 'OPTIONS' || method === undefined) return false
  if (cors) {
    response.setHeader('Access-Control-Allow-Methods', method)
    response.setHeader(
      'Access-Control-Allow-Headers',
      request.headers['access-control-request-headers'] ?? '',
    )
  }
  response.writeHead(204).end()
  return true
}
