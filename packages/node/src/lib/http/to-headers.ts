import type { ResponseHead } from './lazy-response.js'

/** The headers of a response as a standard `Headers`; a name with several lines keeps them. */
export function toHeaders(raw: ResponseHead['headers']): Headers {
  const headers = new Headers()
  for (const name of Object.keys(raw)) {
    for (const value of [raw[name] ?? []].flat()) headers.append(name, value)
  }
  return headers
}
