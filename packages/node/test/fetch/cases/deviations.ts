/** A difference between `session.fetch` and the platform's, with the reason. */
export interface Deviation {
  /** The name of a case. */
  readonly where: string
  /** What happens there. */
  readonly ours: unknown
  /** A description, with the reason. */
  readonly reason: string
}

/** All deviations. The test fails for one that is not listed here, and for a listed one that no longer exists. */
export const deviations: readonly Deviation[] = [
  {
    where: 'other methods are sent as written',
    ours: 'CUSTOM',
    reason:
      'A session sends every method in upper case, as requests does; no server knows one in lower case.',
  },
  {
    where: 'a stream needs duplex',
    ours: 'no error',
    reason: 'A session sets duplex itself; there is only one value.',
  },
  {
    where: 'a stream that is locked or was read is refused',
    ours: ['TypeError', 'no error'],
    reason:
      'If a stream was partly read, the rest is sent: that it was read can only be detected by sending it.',
  },
  {
    where: 'the caller may set headers that frame a message',
    ours: ['no error', 'TypeError'],
    reason:
      'A correct Content-Length is accepted. The transport sets Transfer-Encoding, Connection and similar headers.',
  },
  {
    where: 'a URL with a user is refused',
    ours: 'no error',
    reason: 'The user and the password become Basic auth for that origin, and are removed from the URL.',
  },
  {
    where: 'a data: URL is fetched',
    ours: 'TypeError',
    reason: 'A session supports http: and https:; for other schemes, mount a transport.',
  },
  { where: 'a blob: URL is fetched', ours: 'TypeError', reason: 'As for data: URLs.' },
  {
    where: 'ports of other protocols are refused',
    ours: false,
    reason:
      'The rule protects such ports from web pages; a program may use any. The guard option can restrict it.',
  },
  {
    where: 'a body that matches its integrity value is returned',
    ours: 'TypeError',
    reason: 'Only a fetch verifies it: mount fetchTransport(). An unverified body is not returned.',
  },
  {
    where: 'an invalid priority is ignored',
    ours: 'TypeError, 0 sent',
    reason:
      'The standard and browsers refuse it; Node’s fetch does not read priority. A valid one has no effect in Node.',
  },
  {
    where: 'null is a value that most members refuse',
    ours: Array(8).fill('GET'),
    reason: 'As in all options of a session, null removes the session’s value.',
  },
  {
    where: 'a dispatcher in the init is used',
    ours: ['TypeError, 0 sent', false],
    reason:
      'The session manages connections. It accepts a dispatcher as its agent; fetchTransport() passes one on.',
  },
  {
    where: 'every request has the same default headers',
    ours: ['accept', 'accept-encoding', 'connection', 'host', 'user-agent'],
    reason: 'Accept-Language and Sec-Fetch-Mode describe a page. mode is validated, but sends no header.',
  },
  {
    where: 'header values are converted to strings',
    ours: {
      number: 'GET | a: 1',
      boolean: 'GET | a: true',
      null: 'GET',
      undefined: 'GET',
      list: 'TypeError, 0 sent',
      object: 'TypeError, 0 sent',
    },
    reason:
      'null removes a header of the session, undefined means not given; lists and objects are mistakes.',
  },
  {
    where: 'Proxy-Authorization is sent to the origin',
    ours: 'TypeError, 0 sent',
    reason: 'Credentials for a proxy belong in the proxy’s URL; an origin must not see them.',
  },
  {
    where: 'a conditional request bypasses caches',
    ours: 'GET | if-none-match: "a"',
    reason: 'A caller who sends If-None-Match may accept a cached response; cache: no-store excludes one.',
  },
  {
    where: 'a body of an unknown kind is converted to a string',
    ours: Array(5).fill('TypeError, 0 sent'),
    reason: 'No server expects [object Object]. Use json for values.',
  },
  {
    where: 'its URL has no fragment',
    ours: 'a#part',
    reason: 'The requested fragment is kept, also through redirects; it is never sent.',
  },
  {
    where: 'its headers cannot be changed',
    ours: 'no error',
    reason: 'Middleware can add a header to a response without copying it.',
  },
  {
    where: 'methods borrowed from Response.prototype read it',
    ours: '',
    reason: 'The response’s own methods read the body from the socket, which makes them fast.',
  },
  {
    where: 'json() of an empty body, or of invalid JSON, is a SyntaxError',
    ours: ['DecodeError', 'DecodeError', 'DecodeError'],
    reason: 'A DecodeError names the request, and the type and length of the body.',
  },
  {
    where: 'a truncated body is a TypeError',
    ours: ['TruncatedError', 'TruncatedError', 'TruncatedError'],
    reason:
      'A response is the same for session.get and session.fetch: its readers fail with the session’s own errors.',
  },
  {
    where: 'an invalid chunk is a TypeError',
    ours: 'ProtocolError',
    reason: 'As for a truncated body.',
  },
  {
    where: 'a corrupt compressed body is a TypeError',
    ours: 'DecodeError',
    reason: 'As for a truncated body.',
  },
  {
    where: 'a truncated compressed body is read as far as possible',
    ours: 'DecodeError',
    reason: 'A partial body is never returned as if it were complete.',
  },
  {
    where: 'another origin gets the other headers',
    ours: [null, 'en'],
    reason: 'Any header may be secret, so only a short list of harmless ones is sent.',
  },
  {
    where: 'another origin gets the body at a 307',
    ours: 'TypeError',
    reason: 'A body is meant for the origin of the call. The origins option allows others.',
  },
  {
    where: 'an abort while a pending stream is sent cancels the stream',
    ours: [true, true],
    reason: 'The standard requires it; Node’s fetch leaves the stream pending.',
  },
  {
    where: 'the call fails with a TypeError if the body’s source fails',
    ours: 'itself',
    reason: 'Errors of the caller’s own code reach the caller unchanged.',
  },
]

/** The list in the documentation. */
export function listOfDeviations(): string {
  return deviations.map(({ where, reason }) => `| ${where} | ${reason} |`).join('\n')
}
