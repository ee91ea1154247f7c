export { xhrTransport } from './page/xhr-transport.js'
