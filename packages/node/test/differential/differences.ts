/** An intended difference between `requests` and a session. */
export interface Difference {
  call: string
  /** One field, or several with one reason. */
  field: string | readonly string[]
  reason: string
  /** Set if newer versions of `requests`, which use urllib3 2, behave like a session. */
  onlyWithUrllib3?: 1
}

const target = ['request 1: target', 'answer 1: url']
const refused = ['answer 1', 'requests sent']
const quoting = 'RFC 7616 writes qop and algorithm without quotes; requests puts them in quotes.'
const length = 'A DELETE or OPTIONS without a body has no Content-Length, as in fetch; requests sends 0.'

/** All differences. The test fails for one that is not listed here, and for a listed one that no longer exists. */
export const differences: readonly Difference[] = [
  // URLs
  {
    call: 'params as text with a blank',
    field: target,
    reason: 'Params in a string are parsed as a query and serialized as a form, like all others.',
  },
  {
    call: 'params with a tilde or an asterisk',
    field: target,
    reason: 'Params are serialized by URLSearchParams, with the safe characters of the URL standard.',
  },
  {
    call: 'params that are booleans or numbers',
    field: target,
    reason: 'JavaScript writes true, Python True.',
  },
  {
    call: 'session params, one of them said again',
    field: target,
    reason: 'The call’s params follow the session’s; requests keeps the position of the replaced one.',
  },
  {
    call: 'session params whose key stands in the URL',
    field: target,
    reason: 'A param in the URL takes precedence over the session’s; requests sends both.',
  },
  {
    call: 'session params beside params as text',
    field: target,
    reason: 'Params are merged in any form; requests drops the session’s if the call’s are a string.',
  },
  {
    call: 'a path with a backslash',
    field: target,
    reason: 'The URL standard treats a backslash as a slash.',
  },
  {
    call: 'a path with a stray percent sign',
    field: target,
    reason: 'The URL standard does not change percent signs; requests escapes all of them if one is stray.',
  },
  {
    call: 'a question mark without a query',
    field: ['answer 1: url', 'request 1: target'],
    reason: 'The URL standard keeps an empty query, which is a different URL; requests drops it.',
  },
  {
    call: 'a URL with user and password',
    field: 'answer 1: url',
    reason: 'Userinfo becomes Basic credentials and is removed from every URL.',
  },

  // Headers and credentials
  {
    call: 'no User-Agent',
    field: 'request 1: user-agent',
    reason: 'null removes the header; with requests, urllib3 then sends its own.',
  },
  {
    call: 'a header with a blank before its value',
    field: refused,
    reason: 'Headers trims a value, as in fetch; requests refuses it.',
  },
  {
    call: 'a header that is a number',
    field: refused,
    reason: 'A number is converted to a string; requests accepts only strings.',
  },
  {
    call: 'a header with a line break',
    field: ['answer 2', 'requests sent'],
    reason: 'Headers trims a value, including line breaks, as in fetch; requests refuses it.',
  },
  {
    call: 'credentials beyond ASCII',
    field: 'request 1: authorization',
    reason: 'Basic is encoded in UTF-8, as RFC 7617 recommends; requests uses latin-1.',
  },
  {
    call: 'credentials beyond latin-1',
    field: refused,
    reason: 'Basic is encoded in UTF-8; requests cannot encode this in latin-1.',
  },
  {
    call: 'no credentials for once',
    field: 'request 1: authorization',
    reason: 'auth: null sends no credentials; in requests, auth=None means the session’s.',
  },
  {
    call: 'an Authorization header beside credentials of the session',
    field: 'request 1: authorization',
    reason: 'The call takes precedence over the session; requests overwrites the call’s header.',
  },

  // Bodies
  {
    call: 'json with names, and beyond ASCII',
    field: ['request 1: content-length', 'request 1: body'],
    reason: 'JSON.stringify writes no spaces and no unnecessary escapes.',
  },
  {
    call: 'json that is null',
    field: ['request 1: content-length', 'request 1: content-type', 'request 1: body'],
    reason: 'json: null sends null, which is JSON; in requests, json=None means no body.',
  },
  {
    call: 'json beside a form',
    field: refused,
    reason: 'Two bodies are an error; requests sends the form and drops the JSON.',
  },
  {
    call: 'a body of text',
    field: ['request 1: content-type'],
    reason: 'A string has the type text/plain with a charset, as in fetch.',
  },
  {
    call: 'a body of text',
    field: ['request 1: content-length', 'request 1: body'],
    reason: 'Text is encoded in UTF-8; with urllib3 1, requests uses latin-1.',
    onlyWithUrllib3: 1,
  },
  {
    call: 'no body with DELETE and OPTIONS',
    field: ['request 1: content-length', 'request 2: content-length'],
    reason: length,
  },
  {
    call: 'a method in lower case',
    field: 'request 1: content-type',
    reason: 'Even an empty string has the type text/plain, as in fetch.',
  },
  { call: 'a GET with a body', field: refused, reason: 'A GET cannot have a body, as in fetch.' },

  // Redirects
  {
    call: 'PUT at each code of a redirect',
    field: ['request 2: content-length', 'request 2: content-type', 'request 2: body'],
    reason: 'A body is dropped only if the method changes; requests sends the PUT again without a body.',
  },
  {
    call: 'PUT at each code of a redirect',
    field: ['request 4: method', 'request 4: content-type', 'request 4: content-length', 'request 4: body'],
    reason: '302 changes only POST to GET, as in fetch; requests changes every method except HEAD.',
  },
  {
    call: 'DELETE at each code of a redirect',
    field: 'request 4: method',
    reason: '302 changes only POST to GET, as in fetch; requests changes every method except HEAD.',
  },
  {
    call: 'DELETE at each code of a redirect',
    field: [1, 3, 5, 7, 8, 9, 10].map((number) => `request ${number}: content-length`),
    reason: length,
  },
  {
    call: 'HEAD by its verb',
    field: ['requests sent', 'answer 1: status', 'answer 1: url', 'answer 1: history'],
    reason: 'Every verb follows redirects, as in fetch; head() of requests does not.',
  },
  {
    call: 'a Location with user and password',
    field: 'answer 1: url',
    reason: 'Userinfo in a Location is dropped; neither library sends it.',
  },
  {
    call: 'a secret header on the way to another origin',
    field: 'request 2: x-api-key',
    reason:
      'A redirect to another origin drops every header that may identify the caller; requests drops Authorization only.',
  },
  {
    call: 'a body on the way to another origin',
    field: refused,
    reason: 'A body is sent to another origin only if origins contains that origin.',
  },
  {
    call: 'a body of unknown length at 307',
    field: refused,
    reason: 'A stream cannot be sent again; requests silently sends an empty body.',
  },
  {
    call: 'a redirect with an empty target',
    field: refused,
    reason: 'An empty Location is the request’s own URL, as in fetch; requests treats it as missing.',
  },
  {
    call: 'a redirect without end',
    field: ['requests sent', 'answer 1: history'],
    reason: 'The limit is fetch’s 20; that of requests is 30.',
  },
  {
    call: 'a Cookie header on the way to the same origin',
    field: 'request 2: cookie',
    reason:
      'A Cookie header is kept until a response changes that cookie, or until a redirect to another origin; requests drops it at every redirect.',
  },

  // Cookies
  {
    call: 'a cookie without an equals sign',
    field: 'jar',
    reason:
      'By RFC 6265bis it is a value without a name; in Python a name without a value. The header sent is the same.',
  },
  {
    call: 'a secure cookie over http on the loopback',
    field: 'request 2: cookie',
    reason: 'Loopback is trusted like https, as in browsers; Python stores the cookie and never sends it.',
  },
  { call: 'a cookie of localhost', field: 'jar', reason: 'Python stores localhost as localhost.local.' },
  {
    call: 'cookies of one call on the way to another host',
    field: 'request 2: cookie',
    reason: 'A call’s cookies belong to the first host; requests sends them to all hosts.',
  },
  {
    call: 'cookies of one call beside those of the site',
    field: 'request 2: cookie',
    reason: 'The call’s cookie replaces the site’s of the same name; requests sends both.',
  },
  {
    call: 'cookies that the caller puts in the jar',
    field: ['request 2: cookie', 'jar'],
    reason: 'A cookie belongs to a host; requests sends one without a domain to all hosts.',
  },
  {
    call: 'a Cookie header beside those of the site',
    field: 'request 2: cookie',
    reason: 'The header is merged with the jar’s cookies; in requests it replaces them.',
  },

  // Digest
  {
    call: 'a Digest of MD5, and its cookie',
    field: ['request 2: authorization', 'request 3: authorization'],
    reason: quoting,
  },
  { call: 'a Digest of SHA-256', field: 'request 2: authorization', reason: quoting },
  { call: 'a Digest that is refused', field: 'request 2: authorization', reason: quoting },
  { call: 'a Digest on the way to another origin', field: 'request 2: authorization', reason: quoting },
  {
    call: 'a Digest on the way to another origin',
    field: 'request 3: authorization',
    reason: 'A nonce is used only for its origin; requests uses it for any origin.',
  },

  // Responses
  {
    call: 'a body that ends before its length',
    field: 'answer 1',
    reason: 'A truncated body is an error; with urllib3 1, requests returns the received part.',
    onlyWithUrllib3: 1,
  },
  {
    call: 'text without a charset',
    field: 'answer 1: text',
    reason: 'text() is UTF-8, as in fetch; requests decodes text/* as latin-1.',
  },
  {
    call: 'text in latin-1',
    field: 'answer 1: text',
    reason: 'text() is always UTF-8, as in fetch; use bytes() and TextDecoder for other charsets.',
  },
  {
    call: 'text with a byte order mark',
    field: 'answer 1: text',
    reason: 'text() removes the mark, as in fetch; requests keeps it.',
  },
  {
    call: 'json that comes in',
    field: 'answer 2',
    reason: 'The byte order mark is removed from JSON, too; requests cannot parse it.',
  },
]

/** The differences with this version of urllib3. */
export function standing(urllib3: string): readonly Difference[] {
  return differences.filter(
    ({ onlyWithUrllib3 }) => onlyWithUrllib3 === undefined || urllib3.startsWith('1.'),
  )
}

/** The differences as a list in Markdown. */
export function listOfDifferences(): string {
  const items = differences.map(
    ({ call, field, reason }) => `- **${call}** (${[field].flat().join(', ')}): ${reason}`,
  )
  return `${items.join('\n')}\n`
}
