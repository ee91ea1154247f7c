export {
  type Handler,
  handlerTransport,
  type RouteAnswer,
  type Routes,
  routesTransport,
  type RoutesTransport,
} from '@session-fetch/core/testing'
