/** Fields by their names in lower case; a name that came twice has a list. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>

/** The headers of a response as a standard `Headers`; a name with several lines keeps them. */
export function toHeaders(raw: HeaderFields): Headers {
  const headers = new Headers()
  for (const name of Object.keys(raw)) {
    for (const value of [raw[name] ?? []].flat()) headers.append(name, value)
  }
  return headers
}
