export { type NetrcOptions, netrc } from './netrc/netrc.js'
