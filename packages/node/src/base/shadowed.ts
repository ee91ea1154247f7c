import { own } from '@session-fetch/core/adapter'

/**
 * What Node reads of the options of sockets, streams and requests. It copies them onto objects with a prototype first, so
 * that what is not said must be said to be `undefined`. Not what Node has a default for in such a copy: `ciphers`.
 */
const NAMES: readonly string[] = [
  // stream.Duplex, stream.Transform
  'construct read write writev transform flush final destroy signal encoding defaultEncoding',
  'decodeStrings emitClose allowHalfOpen readable writable objectMode readableObjectMode',
  'writableObjectMode highWaterMark readableHighWaterMark writableHighWaterMark captureRejections',
  // net.Socket, net.connect
  'handle fd onread pauseOnCreate manualStart path host port localAddress localPort family hints',
  'lookup all order verbatim timeout noDelay keepAlive keepAliveInitialDelay autoSelectFamily',
  'autoSelectFamilyAttemptTimeout blockList typeOfService',
  // tls.connect, tls.createSecureContext
  'socket servername session ALPNProtocols ALPNCallback SNICallback requestOCSP enableTrace',
  'pskCallback secureContext pipe singleUse isServer server requestCert ca cert key pfx passphrase',
  'crl dhparam ecdhCurve sigalgs honorCipherOrder minVersion maxVersion secureProtocol',
  'secureOptions sessionIdContext sessionTimeout ticketKeys clientCertEngine privateKeyEngine',
  'privateKeyIdentifier allowPartialTrustChain certificateCompression',
  // http.request
  'agent auth createConnection defaultPort headers host hostname insecureHTTPParser',
  'joinDuplicateHeaders maxHeaderSize method protocol setDefaultHeaders setHost socketPath',
  'uniqueHeaders nolisten',
  // http2.connect, its settings, and ClientHttp2Session.request
  'settings maxDeflateDynamicTableSize maxHeaderListPairs maxOutstandingPings maxOutstandingSettings',
  'maxReservedRemoteStreams maxSendHeaderBlockLength maxSessionMemory maxSettings paddingStrategy',
  'peerMaxConcurrentStreams remoteCustomSettings strictFieldWhitespaceValidation streamResetBurst',
  'streamResetRate unknownProtocolTimeout customSettings enableConnectProtocol enablePush',
  'headerTableSize initialWindowSize maxConcurrentStreams maxFrameSize maxHeaderListSize endStream',
  'exclusive parent silent waitForTrailers weight',
].flatMap((names) => names.split(' '))
const SHADOWS: object = Object.freeze(own(Object.fromEntries(NAMES.map((name) => [name, undefined]))))

/** Options for what Node makes of them: nothing that someone put on `Object.prototype` is taken for one. */
export function shadowed<T extends object>(options: T): T {
  return Object.assign(own(SHADOWS) as T, options)
}

/** The same for options of somebody else's making, which keep what they say. */
export function shadow(options: object): void {
  for (const name of NAMES) if (!Object.hasOwn(options, name)) Object.assign(options, { [name]: undefined })
}
