export { netrc, type NetrcOptions } from './lib/netrc/netrc.js'
