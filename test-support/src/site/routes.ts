import { accountRoutes } from './account-routes.js'
import { bodyRoutes } from './body-routes.js'
import type { Connections } from './connections.js'
import { cookieRoutes } from './cookie-routes.js'
import { echoRoutes } from './echo-routes.js'
import type { Exchange } from './exchange.js'
import { redirectRoutes } from './redirect-routes.js'
import { waitingRoutes } from './waiting-routes.js'

/** Answers the requests under one first path segment. */
export type Route = (exchange: Exchange) => unknown

/** Every page of the contract site, by its first path segment. */
export function siteRoutes(connections: Connections): [string, Route][] {
  return [
    ...echoRoutes(connections),
    ...bodyRoutes,
    ...cookieRoutes,
    ...redirectRoutes,
    ...accountRoutes,
    ...waitingRoutes(),
  ]
}
