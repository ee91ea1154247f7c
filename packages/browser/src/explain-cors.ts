export { explainCors } from './lib/explain-cors.js'
