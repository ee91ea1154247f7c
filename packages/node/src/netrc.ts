export { netrc, type NetrcOptions } from './netrc/netrc.js'
