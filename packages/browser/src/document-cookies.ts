export { documentCookies } from './lib/document-cookies.js'
