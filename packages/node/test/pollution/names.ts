import { CALL_OPTIONS } from '@session-fetch/core/adapter'
import { NODE_OPTIONS } from '../../src/session/platform.js'

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Our options, by the lists that check them, and the members of what they hold. */
const OURS = [
  ...CALL_OPTIONS,
  ...NODE_OPTIONS,
  ...words(`
    baseUrl origins unsupported socketPath liveEnv total attempt connect headers body limit methods statuses delay
    maxDelay jitter retryAfterMax budget ratio burst request response redirect retry error content filename type token
    refresh cookie meta header decode resume fsync permissions http https all no default perDomain ttl dispatcher
    settings movedFrom cancellation next history elapsed session authenticate store cookies secrets version omitted
    http_proxy HTTP_PROXY all_proxy ALL_PROXY no_proxy NETRC REQUEST_METHOD`),
]

/** Members of `RequestInit`, `Request`, `Response`, `URL`, and of cookies as `CookieStore` has them. */
const WEB = words(`
  method url headers body signal cache credentials duplex integrity keepalive mode priority redirect referrer
  referrerPolicy window status statusText ok redirected bodyUsed type href origin protocol username password host
  hostname port pathname search searchParams hash name value domain path expires maxAge secure httpOnly sameSite
  partitioned hostOnly start pull cancel autoAllocateChunkSize size highWaterMark fatal ignoreBOM stream endings
  lastModified preventClose preventAbort preventCancel once passive capture reason cause code arrayBuffer text bytes
  blob formData getReader pipe copy`)

/** Options of `net.connect`, `tls.connect`, `http.request`, streams, zlib and undici, by their documentation. */
const PLATFORM = words(`
  allowHalfOpen family hints lookup localAddress localPort noDelay keepAlive keepAliveInitialDelay onread readable
  writable fd handle blockList autoSelectFamily autoSelectFamilyAttemptTimeout pauseOnConnect pauseOnCreate timeout
  objectMode readableObjectMode writableObjectMode readableHighWaterMark writableHighWaterMark emitClose autoDestroy
  construct destroy final read write writev transform flush decodeStrings defaultEncoding encoding captureRejections
  ca cert key pfx passphrase rejectUnauthorized servername minVersion maxVersion ALPNProtocols ALPNCallback
  checkServerIdentity secureContext ciphers ecdhCurve honorCipherOrder sigalgs crl dhparam clientCertEngine
  privateKeyEngine privateKeyIdentifier secureOptions secureProtocol sessionIdContext sessionTimeout ticketKeys
  pskCallback requestCert SNICallback isServer minDHSize requestOCSP enableTrace socket
  agent auth createConnection defaultPort insecureHTTPParser joinDuplicateHeaders maxHeaderSize setDefaultHeaders
  setHost uniqueHeaders maxSockets maxFreeSockets maxTotalSockets scheduling
  chunkSize windowBits handle autoSelectFamily autoSelectFamilyAttemptTimeout level memLevel strategy dictionary maxOutputLength finishFlush info params
  flags flag recursive force length position offset buffer bytesRead bigint throwIfNoEntry flush dispatch addRequest
  bodyTimeout headersTimeout reset blocking upgrade throwOnError pipelining allowH2 maxConcurrentStreams
  connectTimeout keepAliveTimeout maxRequestsPerClient query idempotent expectContinue maxRedirections interceptors
  compress follow counter`)

/** Every name that is planted, each once. */
export const NAMES: readonly string[] = [...new Set([...OURS, ...WEB, ...PLATFORM])].filter(
  (name) => !(name in Object.prototype),
)

/** Why names are beyond us, and over which ways; over all, where none is said. */
interface Beyond {
  readonly reason: string
  readonly names: readonly string[]
  readonly ways?: RegExp
}

/**
 * Names that Node, or a library that carries the requests, reads of objects of its own through the prototype: a call then
 * fails, or Node's fetch says something else of itself, whoever calls it. No request goes elsewhere.
 */
const BEYOND_US: readonly Beyond[] = [
  {
    reason: 'an EventEmitter looks for the listeners of an event in an object with a prototype',
    names: words('connect resume pipe timeout error close'),
  },
  {
    reason: 'stream.finished() and the iterators of streams are given options of Node’s own making',
    names: words('signal'),
  },
  {
    reason: 'the streams and blobs that Response makes for blob() and formData(), and Request for its body',
    names: words('cancel autoAllocateChunkSize endings'),
  },
  {
    reason:
      'from Node 22 on, it is read from each socket and checked in the options of each TLSSocket; ours are shadowed only where they connect themselves',
    names: Number.parseInt(process.versions.node) < 22 ? [] : words('blockList'),
    ways: /TLS|tunnel|HTTP\/2|https?\.Agent|dispatcher|fetch/,
  },
  {
    reason: 'TLSSocket copies its options to an object with a prototype',
    names: words(`keepAliveInitialDelay objectMode readableObjectMode writableObjectMode readableHighWaterMark
      writableHighWaterMark defaultEncoding encoding captureRejections pauseOnConnect`),
    ways: /TLS|tunnel|https|HTTP\/2|dispatcher|fetch/,
  },
  {
    reason:
      'http2 wraps the connection, and makes its streams, with options of its own; its events have these names',
    names: words('highWaterMark pauseOnCreate headers response'),
    ways: /HTTP\/2/,
  },
  {
    reason:
      'the messages of http are streams with options of Node’s own making; lookup is an event here, too',
    names: words('defaultEncoding encoding captureRejections lookup'),
    ways: /https?\.Agent/,
  },
  {
    reason: 'undici makes its own clients of the options of an Agent',
    names:
      words(`maxResponseSize connections localAddress keepAlive socketPath bodyUsed fd handle autoSelectFamily
      autoSelectFamilyAttemptTimeout maxHeaderSize bodyTimeout headersTimeout allowH2 maxConcurrentStreams
      connectTimeout keepAliveTimeout maxRequestsPerClient factory localPort`),
    ways: /dispatcher/,
  },
  {
    reason:
      'Node’s fetch copies its init, and the state of a request and of a response, to objects with a prototype',
    names:
      words(`body keepalive mode referrer window dispatcher status statusText socket highWaterMark stream chunkSize
      throwOnError windowBits handle autoSelectFamily autoSelectFamilyAttemptTimeout level memLevel strategy dictionary maxOutputLength bodyTimeout headersTimeout localPort reset query expectContinue idempotent blocking upgrade`),
    ways: /fetch/,
  },
]

/** The names that are beyond us over a way. */
export function beyondUs(way: string): readonly string[] {
  return BEYOND_US.filter(({ ways }) => ways?.test(way) ?? true).flatMap(({ names }) => names)
}
