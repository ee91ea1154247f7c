/** What other clients call otherwise, or put elsewhere. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  0: 'options are an object',
  allow_redirects: 'it is called redirect',
  allowRedirects: 'it is called redirect',
  cancelToken: 'it is called signal',
  cert: 'a session takes it in tls',
  cookieJar: 'a session takes it as its jar',
  data: 'a body goes in json, form, multipart or body',
  dispatcher: 'a session takes one as its agent',
  event_hooks: 'it is called hooks',
  fetch: 'mount() takes another transport',
  files: 'it is called multipart',
  follow_redirects: 'it is called redirect',
  followRedirect: 'it is called redirect',
  httpAgent: 'a session takes it as its agent',
  https: 'it is called tls',
  httpsAgent: 'a session takes it as its agent',
  interceptors: 'it is called hooks',
  maxContentLength: 'it is called maxResponseSize',
  method: 'the verb says it, or request(method, url)',
  prefix: 'it is called baseUrl',
  prefixUrl: 'it is called baseUrl',
  proxies: 'a session takes it as its proxy',
  query: 'it is called params',
  responseType: 'what reads the body says it: json(), text(), bytes() and others',
  retries: 'it is called retry',
  searchParams: 'it is called params',
  stream: 'the body of every response is a stream',
  validateStatus: 'it is called throwHttpErrors',
  verify: 'a session takes it in tls',
  xsrfCookieName: 'csrf names it',
  xsrfHeaderName: 'csrf names it',
}

/** What a session takes and a call does not, in Node as well, and the other way round. */
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

/** What an error about a strange name may add: the known name that may be meant, or nothing. */
export function suggestNearest(strange: string, known: Iterable<string>): string {
  if (Object.hasOwn(ELSEWHERE, strange)) return `; ${ELSEWHERE[strange]}`
  if (OF_A_SESSION.includes(strange)) return '; it is an option of a session'
  if (OF_A_CALL.includes(strange)) return '; it is an option of a call'
  const names = [...known]
  const nearest = nearestName(strange, names)
  if (nearest !== undefined) return `; did you mean "${nearest}"?`
  return names.includes('json') ? '; what is sent goes in json, form, multipart, body or params' : ''
}

/**
 * The known name that is nearest to a strange one by edit distance, if any is near enough to be meant.
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

function editDistance(a: string, b: string): number {
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
