export { explainCors } from './page/explain-cors.js'
