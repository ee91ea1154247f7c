/** Where `session.fetch` does otherwise than the platform's, and why. */
export interface Deviation {
  /** The name of a case. */
  readonly where: string
  /** What happens there. */
  readonly ours: unknown
  /** The same in words, and the reason. */
  readonly reason: string
}

/** Every one that stands. One that is not here fails the test, and so does one that is gone. */
export const deviations: readonly Deviation[] = [
  {
    where: 'other methods are sent as they are written',
    ours: 'CUSTOM',
    reason: 'Every method is written in capitals, as by requests; no server knows one in small letters.',
  },
  {
    where: 'a stream needs duplex',
    ours: 'no error',
    reason: 'A session sets duplex itself; there is only one value.',
  },
  {
    where: 'a stream that is locked or was read is refused',
    ours: ['TypeError', 'no error'],
    reason: 'Of a stream that was read, the rest is sent: without sending it, nobody can tell.',
  },
  {
    where: 'headers that frame a message are the caller’s to say',
    ours: ['no error', 'TypeError'],
    reason:
      'A Content-Length may be said if it is right. Transfer-Encoding, Connection and their like are the transport’s.',
  },
  {
    where: 'a URL with a user is refused',
    ours: 'no error',
    reason: 'The user and the password become Basic auth for that origin, and vanish from the URL.',
  },
  {
    where: 'a data: URL is fetched',
    ours: 'TypeError',
    reason: 'A session carries http: and https:; for anything else, mount a transport.',
  },
  { where: 'a blob: URL is fetched', ours: 'TypeError', reason: 'As for data: URLs.' },
  {
    where: 'ports of other protocols are refused',
    ours: false,
    reason: 'The rule keeps web pages from such ports; a program may ask any. The guard option limits it.',
  },
  {
    where: 'a body whose integrity holds is given out',
    ours: 'TypeError',
    reason: 'Only a fetch checks it: mount fetchTransport(). A body that nobody checked is not given out.',
  },
  {
    where: 'a priority that there is not is passed over',
    ours: 'TypeError, 0 sent',
    reason:
      'The standard refuses it, as pages do; Node’s fetch does not read priority. It changes nothing in Node.',
  },
  {
    where: 'null is a value, which most members do not have',
    ours: Array(8).fill('GET'),
    reason: 'As an option of a session: null removes what the session says.',
  },
  {
    where: 'a dispatcher is asked',
    ours: ['TypeError, 0 sent', false],
    reason:
      'The connections are the session’s. It takes a dispatcher as its agent; fetchTransport() passes one on.',
  },
  {
    where: 'every request says the same of itself',
    ours: ['accept', 'accept-encoding', 'connection', 'host', 'user-agent'],
    reason: 'Accept-Language and Sec-Fetch-Mode describe a page. mode is checked, and sends no header.',
  },
  {
    where: 'values of headers are made text',
    ours: {
      number: 'GET | a: 1',
      boolean: 'GET | a: true',
      null: 'GET',
      undefined: 'GET',
      list: 'TypeError, 0 sent',
      object: 'TypeError, 0 sent',
    },
    reason: 'null removes a header of the session, undefined says nothing; lists and objects are mistakes.',
  },
  {
    where: 'Proxy-Authorization is sent to the origin',
    ours: 'TypeError, 0 sent',
    reason: 'Credentials for a proxy stand in the proxy’s URL; an origin must not see them.',
  },
  {
    where: 'a request with conditions keeps caches from answering',
    ours: 'GET | if-none-match: "a"',
    reason:
      'A caller who writes If-None-Match may want an answer of a cache; cache: no-store says that it must not.',
  },
  {
    where: 'a body that is none of the known ones is made text',
    ours: Array(5).fill('TypeError, 0 sent'),
    reason: 'No server wants [object Object]. json takes values.',
  },
  {
    where: 'its URL has no fragment',
    ours: 'a#part',
    reason: 'The fragment that was asked for stays, through redirects too; it is never sent.',
  },
  {
    where: 'its headers cannot be changed',
    ours: 'no error',
    reason: 'Middleware that takes a response and adds a header works without a copy.',
  },
  {
    where: 'methods borrowed from Response.prototype read it',
    ours: '',
    reason:
      'The body is read from the socket by the response’s own methods; that is where its speed is from.',
  },
  {
    where: 'json() of nothing, or of no JSON, is a SyntaxError',
    ours: ['DecodeError', 'DecodeError', 'DecodeError'],
    reason: 'A DecodeError names the request and shows how the body begins.',
  },
  {
    where: 'a body that is cut off is a TypeError',
    ours: ['TruncatedError', 'TruncatedError', 'TruncatedError'],
    reason: 'A response is the same whoever asked for it: its readers fail with the session’s own errors.',
  },
  {
    where: 'a chunk that is none is a TypeError',
    ours: 'ProtocolError',
    reason: 'As for a body that is cut off.',
  },
  {
    where: 'a coded body that is corrupt is a TypeError',
    ours: 'DecodeError',
    reason: 'As for a body that is cut off.',
  },
  {
    where: 'a coded body that is cut short is read as far as it goes',
    ours: 'DecodeError',
    reason: 'A part of a body is not taken for the whole.',
  },
  {
    where: 'another origin gets the other headers',
    ours: [null, 'en'],
    reason: 'Nobody knows which headers are secret: only those that say how to answer travel.',
  },
  {
    where: 'another origin gets the body at a 307',
    ours: 'TypeError',
    reason: 'A body was meant for the one who was asked. The origins option names others that may have it.',
  },
  {
    where: 'aborted while a stream is sent that waits: the stream is cancelled',
    ours: [true, true],
    reason: 'The standard has it so; Node’s fetch leaves the stream waiting.',
  },
  {
    where: 'the body’s own error is what the call fails with',
    ours: 'itself',
    reason: 'What the caller’s own code throws reaches the caller as it is.',
  },
]

/** The list as it stands in the documentation. */
export function listOfDeviations(): string {
  return deviations.map(({ where, reason }) => `| ${where} | ${reason} |`).join('\n')
}
