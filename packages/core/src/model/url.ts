/**
 * Parses a URL; `null` if invalid (WHATWG `URL.parse`, which Node 20 lacks). Does not use `URL.canParse`: once
 * optimized, that of Node 20 rejects every text with a character from U+0080 to U+00FF.
 */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}

/** Scheme, host and port; unlike `URL.origin`, also for non-special schemes, which mounts may serve. */
export function originOf(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

/** Appends parameters to a URL's query, before its fragment. The existing query is not changed. */
export function withParams({ href, search }: Place, params: URLSearchParams): string {
  const query = params.toString()
  if (query === '') return href
  const [head, joint] = search === '' ? [href.split(/[?#]/)[0], '?'] : [href.split('#')[0], '&']
  return withFragment(`${head}${joint}${query}`, href)
}

/** The parts of a URL that a call needs; a `URL` has them. */
export type Place = Readonly<Pick<URL, 'href' | 'origin' | 'protocol' | 'host' | 'search'>>

/** Adds the fragment of `asked` to `url` if it has none (Fetch, HTTP-redirect fetch, step 4). */
export function withFragment(url: string, asked: string): string {
  const hash = asked.indexOf('#')
  return hash < 0 || url.includes('#') ? url : url + asked.slice(hash)
}
