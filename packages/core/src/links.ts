export { links } from './response/links.js'
export { type Link } from './response/session-response.js'
