export { documentCookies } from '@session-fetch/browser/document-cookies'
