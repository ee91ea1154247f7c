// The single file for pages without a bundler has the names of all entries.
export * from './browser.js'
export * from './csrf.js'
export * from './document-cookies.js'
export * from './explain-cors.js'
export * from './links.js'
export * from './xhr.js'
