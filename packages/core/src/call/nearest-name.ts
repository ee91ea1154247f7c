/** Option names of other clients, and a hint for each. */
const FOREIGN_NAMES: Readonly<Record<string, string>> = {
  '': 'write post(url, { json, params }), or (url) => get(url) as a callback',
  0: 'options are an object',
  adapter: 'mount() takes another transport',
  allow_redirects: 'it is called redirect',
  allowRedirects: 'it is called redirect',
  beforeRedirect: 'it is a hook, hooks.redirect',
  beforeRequest: 'it is a hook, hooks.request',
  ca: 'a session takes it in tls',
  cancelToken: 'it is called signal',
  cert: 'a session takes it in tls',
  content: 'a body goes in json, form, multipart or body',
  cookieJar: 'a session takes it as its jar',
  data: 'a body goes in json, form, multipart or body',
  decompress: 'bodies are decoded; set Accept-Encoding: identity to get them uncompressed',
  dispatcher: 'a session takes one as its agent',
  event_hooks: 'it is called hooks',
  fetch: 'mount() takes another transport',
  files: 'it is called multipart',
  follow: 'it is called maxRedirects',
  follow_redirects: 'it is called redirect',
  followAllRedirects: 'it is called redirect',
  followRedirect: 'it is called redirect',
  followRedirects: 'it is called redirect',
  formData: 'it is called multipart',
  gzip: 'bodies are decoded',
  httpAgent: 'a session takes it as its agent',
  https: 'it is called tls',
  httpsAgent: 'a session takes it as its agent',
  httpVersion: 'a session takes http2: true',
  ignoreResponseError: 'it is called throwHttpErrors',
  interceptors: 'it is called hooks',
  key: 'a session takes it in tls',
  maxContentLength: 'it is called maxResponseSize',
  maxRedirections: 'it is called maxRedirects',
  maxRetries: 'it is called retry',
  method: 'write get(url), post(url) or request(method, url)',
  onRequest: 'it is a hook, hooks.request',
  onRequestError: 'it is a hook, hooks.error',
  onResponse: 'it is a hook, hooks.response',
  onResponseError: 'it is a hook, hooks.response',
  parseJson: 'json() takes a schema; for another parser read text()',
  parseResponse: 'json() takes a schema; for another parser read text()',
  password: 'auth takes [user, password]',
  prefix: 'it is called baseUrl',
  prefixUrl: 'it is called baseUrl',
  proxies: 'a session takes it as its proxy',
  qs: 'it is called params',
  query: 'it is called params',
  rejectUnauthorized: 'a session takes it in tls',
  responseType: 'read the body with json(), text(), bytes() or another method',
  retries: 'it is called retry',
  retryDelay: 'it is called retry.delay',
  searchParams: 'it is called params',
  searchParameters: 'it is called params',
  socketPath: 'mount() takes unixSocketTransport(path)',
  stream: 'the body of every response is a stream',
  strictSSL: 'a session takes it in tls, as rejectUnauthorized',
  transformRequest: 'it is a hook, hooks.request',
  transformResponse: 'it is a hook, hooks.response',
  transport: 'mount() takes another transport',
  trust_env: 'it is called trustEnv',
  uri: 'the URL is the first argument',
  url: 'the URL is the first argument',
  username: 'auth takes [user, password]',
  validateStatus: 'it is called throwHttpErrors',
  verify: 'a session takes it in tls',
  withCredentials: 'it is called credentials',
  xsrfCookieName: 'it is an option of csrf()',
  xsrfHeaderName: 'it is an option of csrf()',
}

/** Options of a session only, or of a call only, Node's included. */
const OF_A_SESSION = [
  'agent',
  'baseUrl',
  'connections',
  'guard',
  'http2',
  'jar',
  'keepAlive',
  'limits',
  'localAddress',
  'lookup',
  'origins',
  'proxy',
  'tls',
  'trustEnv',
  'unsupported',
]
const OF_A_CALL = ['body', 'cookies', 'form', 'json', 'multipart', 'platform', 'signal']

/** Host and port, which the URL parser would read as a scheme: `localhost:3000/x`. */
const HOST = /^[^/]+:\d/

/**
 * A hint for an error about an unknown name: the known name that was probably meant, or ''. `''` as the name
 * means that options are not an object; a URL, that no transport serves it.
 */
export function suggestNearest(strange: string, known: Iterable<string>): string {
  if (HOST.test(strange)) return '; write http:// before a host'
  if (Object.hasOwn(FOREIGN_NAMES, strange)) return `; ${FOREIGN_NAMES[strange]}`
  if (OF_A_SESSION.includes(strange)) return '; it is an option of a session'
  if (OF_A_CALL.includes(strange)) return '; it is an option of a call'
  const names = [...known]
  const nearest = nearestName(strange, names)
  if (nearest !== undefined) return `; did you mean "${nearest}"?`
  return names.includes('json') ? '; a body goes in json, form, multipart or body, parameters in params' : ''
}

/**
 * The nearest known name by edit distance, if it is close enough.
 *
 * @example nearestName('header', ['headers', 'hooks']) // 'headers'
 */
export function nearestName(strange: string, known: Iterable<string>): string | undefined {
  const text = strange.slice(0, 40).toLowerCase()
  let best: { name: string; distance: number } | undefined
  for (const name of known) {
    const distance = editDistance(text, name.toLowerCase())
    if (!best || distance < best.distance) best = { name, distance }
  }
  return best && best.distance <= Math.max(text.length < 4 ? 1 : 2, Math.floor(text.length / 3))
    ? best.name
    : undefined
}

/** The minimum number of characters to insert, delete or replace to turn one text into the other (Levenshtein). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, character] of a.split('').entries()) {
    const next = [i + 1]
    for (let j = 1; j <= b.length; j += 1) {
      const same = (row[j - 1] ?? 0) + (character === b[j - 1] ? 0 : 1)
      next.push(Math.min(same, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
