export { type Link, haveLinks, links } from './lib/links.js'
