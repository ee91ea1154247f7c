// For jars with persistent storage, such as the FileCookieJar of @session-fetch/node.
export { KeptCookies } from './store/open-jar.js'
export { type CookieChange, type CookieDocument, editDocument } from './formats/document.js'
export { MAX_IMPORT_TEXT, importCookies } from './formats/import.js'
export { emptyDocument, readDocument } from './formats/read.js'
export { CookieMap, checkLimits } from './jar/cookie-map.js'
export { MemoryJar } from './jar/memory-jar.js'
export { type CookieRecord, recordKey } from './rules/cookie-record.js'
