/** A difference between `requests` and a session that is meant. */
export interface Difference {
  call: string
  /** One field, or several with one reason. */
  field: string | readonly string[]
  reason: string
  /** Set where newer versions of `requests`, which stand on urllib3 2, do the same as a session. */
  onlyWithUrllib3?: 1
}

const target = ['request 1: target', 'answer 1: url']
const refused = ['answer 1', 'requests sent']
const quoting = 'RFC 7616 writes qop and algorithm without quotes; requests puts them in quotes.'
const length =
  'A DELETE or OPTIONS without a body says nothing of a length, as in fetch; requests says it is 0.'

/** Every difference that stands. One that is not here fails the test, and so does one that is gone. */
export const differences: readonly Difference[] = [
  // URLs
  {
    call: 'params as text with a blank',
    field: target,
    reason: 'Params in text are read as a query and written as a form, like all others.',
  },
  {
    call: 'params with a tilde or an asterisk',
    field: target,
    reason: 'Params are written by URLSearchParams, whose set of safe characters is the URL standard’s.',
  },
  {
    call: 'params that are booleans or numbers',
    field: target,
    reason: 'JavaScript’s true is not Python’s True.',
  },
  {
    call: 'session params, one of them said again',
    field: target,
    reason: 'The call’s params follow the session’s; requests keeps the place of the one that is replaced.',
  },
  {
    call: 'session params whose key stands in the URL',
    field: target,
    reason: 'What the caller wrote in the URL beats the session’s param; requests sends both.',
  },
  {
    call: 'session params beside params as text',
    field: target,
    reason:
      'Params combine in whatever form they come; requests drops the session’s when the call’s are text.',
  },
  {
    call: 'a path with a backslash',
    field: target,
    reason: 'The URL standard reads a backslash as a slash.',
  },
  {
    call: 'a path with a stray percent sign',
    field: target,
    reason:
      'The URL standard leaves percent signs alone; requests escapes every one once a single one is stray.',
  },
  {
    call: 'a question mark without a query',
    field: ['answer 1: url', 'request 1: target'],
    reason: 'The URL standard keeps an empty query, which is another URL; requests drops it.',
  },
  {
    call: 'a URL with user and password',
    field: 'answer 1: url',
    reason: 'Userinfo becomes Basic credentials and vanishes from every URL that can be read.',
  },

  // Headers and credentials
  {
    call: 'no User-Agent',
    field: 'request 1: user-agent',
    reason: 'null removes the header; under requests, urllib3 then names itself.',
  },
  {
    call: 'a header with a blank before its value',
    field: refused,
    reason: 'Headers trims a value, as in fetch; requests refuses it.',
  },
  {
    call: 'a header that is a number',
    field: refused,
    reason: 'A number is written out; requests takes text alone.',
  },
  {
    call: 'a header with a line break',
    field: ['answer 2', 'requests sent'],
    reason: 'Headers trims a value, line ends too, as in fetch; requests refuses it.',
  },
  {
    call: 'credentials beyond ASCII',
    field: 'request 1: authorization',
    reason: 'Basic is written in UTF-8, as RFC 7617 asks; requests writes latin-1.',
  },
  {
    call: 'credentials beyond latin-1',
    field: refused,
    reason: 'Basic is written in UTF-8; requests cannot write this in latin-1.',
  },
  {
    call: 'no credentials for once',
    field: 'request 1: authorization',
    reason: 'auth: null goes without credentials; auth=None means the session’s to requests.',
  },
  {
    call: 'an Authorization header beside credentials of the session',
    field: 'request 1: authorization',
    reason: 'What the call says beats what the session says; requests overwrites the call’s header.',
  },

  // Bodies
  {
    call: 'json with names, and beyond ASCII',
    field: ['request 1: content-length', 'request 1: body'],
    reason: 'JSON.stringify writes no blanks and no escapes that JSON does not need.',
  },
  {
    call: 'json that is null',
    field: ['request 1: content-length', 'request 1: content-type', 'request 1: body'],
    reason: 'json: null sends null, which is JSON; json=None is no body to requests.',
  },
  {
    call: 'json beside a form',
    field: refused,
    reason: 'Two bodies are an error; requests sends the form and drops the JSON.',
  },
  {
    call: 'a body of text',
    field: ['request 1: content-type'],
    reason: 'Text says that it is text, and in which charset, as in fetch.',
  },
  {
    call: 'a body of text',
    field: ['request 1: content-length', 'request 1: body'],
    reason: 'Text is written in UTF-8; with urllib3 1, requests writes latin-1.',
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
    reason: 'Text says that it is text even when it is empty, as in fetch.',
  },
  { call: 'a GET with a body', field: refused, reason: 'A GET has no body in fetch, and none here.' },

  // Redirects
  {
    call: 'PUT at each code of a redirect',
    field: ['request 2: content-length', 'request 2: content-type', 'request 2: body'],
    reason: 'A body goes only when the method changes; requests sends the PUT again with nothing in it.',
  },
  {
    call: 'PUT at each code of a redirect',
    field: ['request 4: method', 'request 4: content-type', 'request 4: content-length', 'request 4: body'],
    reason: '302 turns POST alone into GET, as in fetch; requests turns every method but HEAD.',
  },
  {
    call: 'DELETE at each code of a redirect',
    field: 'request 4: method',
    reason: '302 turns POST alone into GET, as in fetch; requests turns every method but HEAD.',
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
    reason: 'Userinfo that a server writes is dropped; neither sends it.',
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
    reason: 'A body goes to another origin only if that is named in origins.',
  },
  {
    call: 'a body of unknown length at 307',
    field: refused,
    reason: 'A stream that was sent cannot be sent again; requests sends an empty body without a word.',
  },
  {
    call: 'a redirect with an empty target',
    field: refused,
    reason: 'An empty Location is the request’s own URL, as in fetch; requests takes it for none.',
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
      'RFC 6265bis makes it a value without a name; Python a name without a value. What is sent is the same.',
  },
  {
    call: 'a secure cookie over http on the loopback',
    field: 'request 2: cookie',
    reason: 'The loopback is as safe as https, as in browsers; Python keeps the cookie and never sends it.',
  },
  { call: 'a cookie of localhost', field: 'jar', reason: 'Python files localhost as localhost.local.' },
  {
    call: 'cookies of one call on the way to another host',
    field: 'request 2: cookie',
    reason: 'A call’s cookies belong to its first host; requests sends them to every other one.',
  },
  {
    call: 'cookies of one call beside those of the site',
    field: 'request 2: cookie',
    reason: 'The call’s cookie replaces the site’s of the same name; requests sends both.',
  },
  {
    call: 'cookies that the caller puts in the jar',
    field: ['request 2: cookie', 'jar'],
    reason: 'A cookie belongs to a host; one without a domain goes to every host in requests.',
  },
  {
    call: 'a Cookie header beside those of the site',
    field: 'request 2: cookie',
    reason: 'The header is joined with the jar’s cookies; in requests it hides them.',
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
    reason: 'A nonce is used at the origin that gave it; requests sends an answer made with it anywhere.',
  },

  // Responses
  {
    call: 'a body that ends before its length',
    field: 'answer 1',
    reason: 'A body that is cut off is an error; with urllib3 1, requests hands over what came.',
    onlyWithUrllib3: 1,
  },
  {
    call: 'text without a charset',
    field: 'answer 1: text',
    reason: 'text() is UTF-8, as in fetch; requests takes text of type text/* for latin-1.',
  },
  {
    call: 'text in latin-1',
    field: 'answer 1: text',
    reason:
      'text() is UTF-8 whatever the header says, as in fetch; bytes() and TextDecoder read other charsets.',
  },
  {
    call: 'text with a byte order mark',
    field: 'answer 1: text',
    reason: 'text() removes the mark, as in fetch; it stays in the text of requests.',
  },
  {
    call: 'json that comes in',
    field: 'answer 2',
    reason: 'The mark before a JSON text is removed with that of any text; requests cannot parse it.',
  },
]

/** The differences that stand with this version of urllib3. */
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
