export { explainCors } from '@session-fetch/browser/explain-cors'
