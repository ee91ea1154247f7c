/** Fields by their names in lower case; a name that came twice has a list. */
export type HeaderFields = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * The headers of a response as a standard `Headers`; a name with several lines keeps them, but for `Location`: where all
 * its lines are the same, they are one, as in browsers.
 */
export function toHeaders(raw: HeaderFields): Headers {
  const headers = new Headers()
  for (const name of Object.keys(raw)) {
    const values = [raw[name] ?? []].flat()
    for (const value of name === 'location' && !isAmbiguous(values) ? values.slice(0, 1) : values)
      headers.append(name, value)
  }
  return headers
}

/** Whether the lines of a field differ. */
export function isAmbiguous(values: string | readonly string[] | undefined): boolean {
  return typeof values === 'object' && values.some((value) => value !== values[0])
}
