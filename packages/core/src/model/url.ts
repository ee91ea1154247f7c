/**
 * The URL, or null where the text is none (WHATWG URL; `URL.parse`, which Node 20 lacks). Not `URL.canParse`:
 * once Node 20 has optimised a call of it, it refuses every text with a character from U+0080 to U+00FF.
 */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}

/** Scheme, host and port of a URL; unlike `URL.origin`, also for the schemes that only a mount serves. */
export function originOf(url: string): string {
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}

/** Appends params to a URL's query, before its fragment. The query that is there stays as the URL parser left it. */
export function withParams({ href, search }: Place, params: URLSearchParams): string {
  const query = params.toString()
  if (query === '') return href
  const [head, joint] = search === '' ? [href.split(/[?#]/)[0], '?'] : [href.split('#')[0], '&']
  return withFragment(`${head}${joint}${query}`, href)
}

/** What a call needs to know of the URL that it goes to: a `URL` will do. */
export type Place = Readonly<Pick<URL, 'href' | 'origin' | 'protocol' | 'host' | 'search'>>

/** `url` with the fragment of `asked`, where it has none of its own (fetch: HTTP-redirect fetch, step 4). */
export function withFragment(url: string, asked: string): string {
  const hash = asked.indexOf('#')
  return hash < 0 || url.includes('#') ? url : url + asked.slice(hash)
}
