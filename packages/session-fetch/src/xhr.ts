export { xhrTransport } from '@session-fetch/browser/xhr'
