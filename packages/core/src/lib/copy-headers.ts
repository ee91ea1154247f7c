import { has } from './own.js'

/** Headers that know a cheaper way to copy themselves than to be read and written one by one. */
export interface CopyableHeaders extends Headers {
  copy(): Headers
}

/** An independent copy; of nothing, none. */
export function copyHeaders(headers?: Headers): Headers {
  return headers && has(headers, 'copy') ? (headers as CopyableHeaders).copy() : new Headers(headers)
}
