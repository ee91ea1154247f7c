/** Headers that know a cheaper way to copy themselves than to be read and written one by one. */
export abstract class CopyableHeaders extends Headers {
  abstract copy(): Headers
}

/** An independent copy; of nothing, none. */
export function copyHeaders(headers?: Headers): Headers {
  return headers instanceof CopyableHeaders ? headers.copy() : new Headers(headers)
}
