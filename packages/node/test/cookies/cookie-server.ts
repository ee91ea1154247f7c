import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CookieServer {
  /** With a trailing slash. */
  readonly url: string
  close(): void
}

/**
 * A site with cookies, on a free loopback port: `/set?<line>&<line>`, in any folder, sets each line as it is, and every page
 * answers with the `Cookie` header it got.
 */
export async function startCookieServer(): Promise<CookieServer> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (pathname.endsWith('/set')) {
    response.setHeader('Set-Cookie', search.slice(1).split('&').map(decodeURIComponent))
  }
  response.end(request.headers.cookie ?? '')
}
