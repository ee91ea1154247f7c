export { netrc, type NetrcOptions } from '@session-fetch/node/netrc'
