/** A modification this close to the answer, in milliseconds, may not have been the last one of its second. */
const SETTLED = 60_000

/**
 * What `If-Range` may compare a representation by (RFC 9110 §13.1.5): a strong `ETag`, or a `Last-Modified` that had
 * been left alone for a minute (§8.8.2.2). `null` where there is neither.
 */
export function strongValidator(headers: Headers): string | null {
  const tag = headers.get('ETag')
  if (tag !== null) return /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag) ? tag : null
  const modified = headers.get('Last-Modified') ?? ''
  const age = Date.parse(headers.get('Date') ?? '') - Date.parse(modified)
  return age >= SETTLED ? modified : null
}
