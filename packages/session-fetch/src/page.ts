// The one file that a page imports without a bundler has what others import one by one.
export * from './browser.js'
export * from './csrf.js'
export * from './document-cookies.js'
export * from './explain-cors.js'
export * from './links.js'
export * from './xhr.js'
