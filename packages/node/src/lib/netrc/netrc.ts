import { variable } from '../network/environment-proxy.js'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { AuthError, type AuthFlow, basic, own } from '@session-fetch/core'
import { NetrcFile } from './netrc-file.js'

export interface NetrcOptions {
  /** Whether hosts without an entry get the `default` one. Default: `false`. */
  default?: boolean | undefined
}

/**
 * Basic authentication from a netrc file: each host gets the login of its own entry, by exact name, and a
 * host without one is asked without credentials. The file is read again when it changes.
 *
 * @param path Default: what `NETRC` names, else `.netrc` (`_netrc` on Windows) in the home folder, which need
 *   not be there.
 * @throws AuthError, from the call, when the file can be read by others, or cannot be read or understood
 * @example new Session({ auth: netrc() })
 */
export function netrc(path?: string, options: NetrcOptions = {}): AuthFlow {
  const file = new NetrcFile(path ?? usualPath(), path === undefined)
  const { default: isDefault = false } = own(options)
  return {
    async *authenticate(request) {
      const entries = await file.entries()
      const { hostname } = new URL(request.url)
      const entry = entries.hosts.get(hostname) ?? (isDefault ? entries.default : undefined)
      // An entry without login and password says nothing.
      if (entry === undefined || entry.login + entry.password === '') {
        yield request
        return
      }
      if (`${entry.login}${entry.password}`.includes('\ufffd')) {
        throw new AuthError(`netrc: the entry of ${hostname} is not UTF-8; save the file as UTF-8`)
      }
      const signed = await basic(entry.login, entry.password).authenticate(request).next()
      if (!signed.done) yield signed.value
    },
  }
}

function usualPath(): string {
  return variable(process.env, 'NETRC') || join(homedir(), process.platform === 'win32' ? '_netrc' : '.netrc')
}
