import { ConnectionError, type Transport, fetchTransport } from '@session-fetch/core'

const viaFetch = fetchTransport()

/** The browser's own fetch. A failure that CORS may explain says so: a page is never told which it was. */
export const browserTransport: Transport = {
  async send(request) {
    try {
      return await viaFetch.send(request)
    } catch (error) {
      if (!(error instanceof ConnectionError) || isSameOrigin(request.url)) throw error
      throw new ConnectionError(corsHint(request.credentials), { request, cause: error.cause })
    }
  },
}

function isSameOrigin(url: string): boolean {
  return new URL(url).origin === globalThis.location?.origin
}

function corsHint(credentials: RequestCredentials | undefined): string {
  const shared = 'The server is unreachable, or its CORS headers do not allow this page to ask'
  if (credentials !== 'include') return shared
  return `${shared}; with credentials: 'include' it must name this page's origin, not *, and send Access-Control-Allow-Credentials: true`
}
