export { type Link } from './response/session-response.js'
export { links } from './response/links.js'
