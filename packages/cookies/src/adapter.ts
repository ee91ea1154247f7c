// For jars that store their cookies somewhere, such as the FileCookieJar of @session-fetch/node.

export { type CookieChange, type CookieDocument, editDocument } from './formats/document.js'
export { importCookies, MAX_IMPORT_TEXT } from './formats/import.js'
export { emptyDocument, readDocument } from './formats/read.js'
export { CookieMap } from './jar/cookie-map.js'
export { MemoryJar } from './jar/memory-jar.js'
export { type CookieRecord, recordKey } from './rules/cookie-record.js'
export { KeptCookies } from './store/open-jar.js'
