import { InvalidRequestError } from '@session-fetch/core'

/**
 * Refuses what would be sent under the name of its type, and what would be passed over: a form, a `Blob` or a
 * stream has no members of its own.
 *
 * @throws InvalidRequestError for a URL that has no text, or a body in place of the options
 */
export function checkCall(url: unknown, options: unknown): void {
  if (typeof url !== 'string' && !hasText(url)) {
    throw new InvalidRequestError(
      `The URL must be text or a URL, not ${url === null || url === undefined ? url : 'an object'}`,
    )
  }
  if (typeof options !== 'object' || options === null || !(Symbol.toStringTag in options)) return
  if (Object.keys(options).length > 0) return
  const name = String(options[Symbol.toStringTag])
  throw new InvalidRequestError(`The options must be an object, not ${name}; what is sent is their body`)
}

function hasText(value: unknown): boolean {
  return value !== undefined && value !== null && value.toString !== Object.prototype.toString
}
