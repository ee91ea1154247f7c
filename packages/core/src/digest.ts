export { digest } from './lib/digest.js'
