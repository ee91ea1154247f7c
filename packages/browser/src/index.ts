export * from '@session-fetch/core'
// The browser's own Session stands over the core's.
export { Session } from './lib/session.js'
export { del as delete, get, head, options, patch, post, put, request } from './lib/functional.js'
