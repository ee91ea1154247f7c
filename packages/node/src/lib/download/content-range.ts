/** The part of a body that a `206` holds: `start` to `end`, both included, of `total` bytes. */
export interface ContentRange {
  readonly start: number
  readonly end: number
  readonly total: number
}

/** Reads `Content-Range` (RFC 9110 §14.4); `null` for what is none, or does not tell the total. */
export function parseContentRange(header: string | null): ContentRange | null {
  const [, ...digits] = /^\s*bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15})\s*$/i.exec(header ?? '') ?? []
  if (digits.length === 0) return null
  const [start = 0, end = 0, total = 0] = digits.map(Number)
  return start <= end && end < total ? { start, end, total } : null
}
