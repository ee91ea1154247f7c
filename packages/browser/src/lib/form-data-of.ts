import { type EncodedBody, type MultipartSource, UnsupportedError } from '@session-fetch/core'

/**
 * Text and files as the browser's own `FormData`.
 *
 * @throws UnsupportedError for a part with a name or headers of its own, which `body: multipart(…)` can write
 */
export function formDataOf(parts: MultipartSource): EncodedBody {
  const body = new FormData()
  const entries = Symbol.iterator in parts ? parts : Object.entries(parts)
  for (const [name, value] of entries) {
    for (const part of Array.isArray(value) ? value : [value]) {
      if (part instanceof Blob) body.append(name, part)
      else if (typeof part === 'object' && part !== null)
        throw new UnsupportedError(`multipart: for a part "${name}" like this, use body: multipart({ … })`)
      else if (part !== null && part !== undefined) body.append(name, String(part))
    }
  }
  return { body, contentType: null }
}
