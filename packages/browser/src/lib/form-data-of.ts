import { type EncodedBody, type MultipartSource, UnsupportedError, entriesOf } from '@session-fetch/core'

/**
 * Text and files as the browser's own `FormData`.
 *
 * @throws UnsupportedError for a part with a name or headers of its own, which `body: multipart(…)` can write
 */
export function formDataOf(parts: MultipartSource): EncodedBody {
  const body = new FormData()
  for (const [name, value] of entriesOf<unknown>('multipart', parts)) {
    for (const part of [value].flat()) {
      if (part === null || part === undefined) continue
      if (Object(part) === part && !(part instanceof Blob))
        throw new UnsupportedError('multipart: give such a part in body: multipart({ … })')
      body.append(name, part as string | Blob) // which writes a number as text
    }
  }
  return { body, contentType: null }
}
