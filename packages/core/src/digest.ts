export { digest } from './auth/digest.js'
