export * from './shared.js'
export {
  delete,
  get,
  head,
  options,
  patch,
  post,
  put,
  request,
  Session,
} from '@session-fetch/browser'
export type {
  BrowserCookies,
  BrowserSessionOptions,
} from '@session-fetch/browser'
