export { type Link, links } from './lib/links.js'
