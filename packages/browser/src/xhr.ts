export { xhrTransport } from './lib/xhr-transport.js'
