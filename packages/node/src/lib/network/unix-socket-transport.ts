import { InvalidRequestError, type Transport, own } from '@session-fetch/core'
import type { NetworkOptions } from './network-options.js'
import { PooledTransport } from '../transport.js'

/** What applies to the connections of a Unix domain socket. */
export type UnixSocketOptions = Pick<NetworkOptions, 'connections' | 'keepAlive' | 'tls'>

/**
 * A transport over a Unix domain socket. Mount it under a host name of your choice, which its requests then
 * name as their `Host`; the session that mounts it closes it.
 *
 * @param path Where the socket is, or a named pipe of Windows.
 * @example session.mount('http://docker/', unixSocketTransport('/var/run/docker.sock'))
 */
export function unixSocketTransport(path: string, options: UnixSocketOptions = {}): Transport {
  if (typeof path !== 'string' || path === '') {
    throw new InvalidRequestError('unixSocketTransport needs the path of a socket')
  }
  const { connections, keepAlive, tls } = own(options)
  return new PooledTransport({ connections, keepAlive, tls, proxy: null, socketPath: path })
}
