// For users, with or without a session. adapter.ts is for adapters of platforms.
export { JarCookies } from './store/jar-cookies.js'
export type { JarCookieQuery } from './store/arguments.js'
export type {
  CookieChangeEvent,
  CookieEventMap,
  CookieListener,
  CookieRejectedEvent,
  CookieWithheldEvent,
  DeletedCookie,
} from './store/events.js'
export type { CookieExplanation } from './store/explain.js'
export type { JarSource } from './store/open-jar.js'
export type { CookieFormat } from './formats/document.js'
export type { CookieImport, RefusedEntry } from './formats/import.js'
export type { CookieData, JsonCookie } from './formats/json.js'
export type { StorageState, StorageStateCookie } from './formats/storage-state.js'
export type { CookieLimits } from './jar/cookie-map.js'
export type { CookieRejection } from './rules/rejection.js'
