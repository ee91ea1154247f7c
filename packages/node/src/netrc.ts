export { netrc, type NetrcOptions } from './lib/netrc.js'
