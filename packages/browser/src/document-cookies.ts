export { documentCookies } from './page/document-cookies.js'
