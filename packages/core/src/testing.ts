import { type MockTransport, type Transport, mockTransport } from './call/transport.js'
import { InvalidRequestError } from './model/errors.js'
import { entriesOf } from './model/option-values.js'
import { own } from './model/own.js'
import type { PreparedRequest } from './request/prepared-request.js'

/** The response of a route: a `Response`, cloned for each call, or a function that returns one. */
export type RouteAnswer =
  | Response
  | ((request: PreparedRequest, params: Readonly<Record<string, string>>) => Response | Promise<Response>)

/**
 * Answers by method and path: `'GET /users/:id'`, `'/health'` for every method, `'GET /files/*'` for all below, or
 * `'POST https://api.test/login'` for one origin. The first that matches answers.
 *
 * @example
 * const routes: Routes = { 'GET /users/:id': (_request, { id }) => Response.json({ id }), '/health': new Response() }
 * session.mount('https://api.test', routesTransport(routes))
 */
export type Routes = Readonly<Record<string, RouteAnswer>>

/** A transport that answers by routes, and records the requests that match none. */
export interface RoutesTransport extends MockTransport {
  /** The requests that matched no route, in order. */
  readonly unexpected: readonly PreparedRequest[]
  /**
   * Call it at the end of a test, because the code under test may have caught the error of a request without a route.
   *
   * @throws InvalidRequestError naming these requests
   */
  verify(): void
}

/**
 * Creates a transport that answers requests by routes, for tests. A request that matches no route rejects with an
 * `InvalidRequestError` that names it.
 *
 * @throws InvalidRequestError for a route that is not a path or a URL
 * @example
 * const api = routesTransport({
 *   'POST /login': new Response(null, { status: 303, headers: { Location: '/me', 'Set-Cookie': 'id=1' } }),
 *   'GET /users/:id': (_request, { id }) => Response.json({ id }),
 * })
 * session.mount('https://api.test', api)
 * await session.post('https://api.test/login', { form: { name, password } })
 * api.verify()
 */
export function routesTransport(routes: Routes): RoutesTransport {
  if (routes === undefined || routes === null)
    throw new InvalidRequestError('routesTransport takes routes, such as { "GET /users/:id": answer }')
  const all = entriesOf<RouteAnswer>('routes', routes).map(([route, answer]) => toRoute(route, answer))
  const unexpected: PreparedRequest[] = []
  const mock = mockTransport((request) => {
    const url = new URL(request.url)
    for (const { method, pattern, answer } of all) {
      const found = method === undefined || method === request.method ? pattern.exec(url) : null
      if (found) return typeof answer === 'function' ? answer(request, found) : answer.clone()
    }
    unexpected.push(request)
    throw new InvalidRequestError(
      `The request matches no route of routesTransport (${Object.keys(routes).join(', ')})`,
      {
        request,
      },
    )
  })
  return {
    ...mock,
    unexpected,
    verify() {
      if (unexpected.length === 0) return
      const list = unexpected.map((request) => {
        const { method, url } = request.toJSON() as { method: string; url: string } // without the query
        return `${method} ${url}`
      })
      throw new InvalidRequestError(`Requests that match no route of routesTransport: ${list.join(', ')}`)
    },
  }
}

interface Route {
  /** Default: any. */
  readonly method: string | undefined
  readonly pattern: { exec(url: URL): Readonly<Record<string, string>> | null }
  readonly answer: RouteAnswer
}

/** `GET https://host/path`: the method and the origin may be missing. */
const ROUTE = /^(?:([A-Za-z]+) +)?([a-z][a-z\d+.-]*:\/\/[^/?#]+)?(\/[^?#\s]*)$/i

function toRoute(route: string, answer: RouteAnswer): Route {
  const [, method, origin, path] = ROUTE.exec(route) ?? []
  if (path === undefined)
    throw new InvalidRequestError(
      `The route "${route.slice(0, 60)}" must be "GET /path", "/path" or with a URL`,
    )
  if (typeof answer !== 'function' && !(answer instanceof Response))
    throw new InvalidRequestError(`The route "${route.slice(0, 60)}" must have a Response or a function`)
  const names: string[] = []
  const source = path.replace(/[\\^$.|?+()[\]{}]/g, '\\$&').replace(/\*$|:(\w+)/g, (_, name?: string) => {
    names.push(name ?? '*')
    return name === undefined ? '(.*)' : '([^/]+)'
  })
  const pathname = new RegExp(`^${source}$`)
  const base = origin === undefined ? undefined : new URL(origin)
  return {
    method: method?.toUpperCase(),
    answer,
    pattern: {
      exec(url) {
        if (base && (url.protocol !== base.protocol || url.host !== base.host)) return null
        const found = pathname.exec(url.pathname)
        if (found === null) return null
        const params = own<Record<string, string>>({})
        names.forEach((name, at) => (params[name] = decoded(found[at + 1] ?? '')))
        return params
      },
    },
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A server on web types: Hono's, a Worker's, Remix's. */
export type Handler = (request: Request) => Response | Promise<Response>

/**
 * Creates a transport that calls a server in the same process: any function from a `Request` to a `Response`. Cookies,
 * redirects and other features of the session work as over a network. A call rejects with an error that the function
 * throws.
 *
 * @throws InvalidRequestError if it is not a function
 * @example
 * const handle = (request: Request) => Response.json({ path: new URL(request.url).pathname })
 * session.mount('http://app.test', handlerTransport(handle)) // app.fetch of a framework such as Hono is one, too
 */
export function handlerTransport(handle: Handler): Transport {
  if (typeof handle !== 'function')
    throw new InvalidRequestError('handlerTransport takes a function, such as app.fetch')
  return {
    async send(request) {
      const { url, method, body, signal } = request
      const headers = new Headers([...request.headers])
      const init = own<RequestInit>({ method, headers, body: body as BodyInit | null, signal })
      if (request.duplex) Object.assign(init, { duplex: request.duplex })
      const response: unknown = await handle(new Request(url, init))
      if (response instanceof Response) return response
      throw new InvalidRequestError('The function of handlerTransport must answer with a Response', {
        request,
      })
    },
  }
}
