export { digest } from '@session-fetch/core/digest'
