import { own } from '@session-fetch/core/adapter'

/**
 * The members that Node reads from the options of sockets, streams and requests. Node copies options onto objects
 * with a prototype, so members that are not set must be set to `undefined` explicitly. Members that have a default
 * in such a copy (`ciphers`) are left out.
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
  // http2.connect, the settings, and ClientHttp2Session.request
  'settings maxDeflateDynamicTableSize maxHeaderListPairs maxOutstandingPings maxOutstandingSettings',
  'maxReservedRemoteStreams maxSendHeaderBlockLength maxSessionMemory maxSettings paddingStrategy',
  'peerMaxConcurrentStreams remoteCustomSettings strictFieldWhitespaceValidation streamResetBurst',
  'streamResetRate unknownProtocolTimeout customSettings enableConnectProtocol enablePush',
  'headerTableSize initialWindowSize maxConcurrentStreams maxFrameSize maxHeaderListSize endStream',
  'exclusive parent silent waitForTrailers',
  // fs.readFileSync, FileHandle.readFile
  'buffer flag',
].flatMap((names) => names.split(' '))
const SHADOWS: object = Object.freeze(own(Object.fromEntries(NAMES.map((name) => [name, undefined]))))

/** Options for Node with every known member set, so that none is read from `Object.prototype`. */
export function shadowed<T extends object>(options: T): T {
  return Object.assign(own(SHADOWS) as T, inheritedWeight(), options)
}

/** Only if it would be inherited: Node 24 warns about a `weight` that is set, even to `undefined` (DEP0194). */
function inheritedWeight(): object | undefined {
  return 'weight' in Object.prototype ? { weight: undefined } : undefined
}

/** The same in place, for options created by other code, whose members are kept. */
export function shadow(options: object): void {
  for (const name of NAMES) if (!Object.hasOwn(options, name)) Object.assign(options, { [name]: undefined })
}
