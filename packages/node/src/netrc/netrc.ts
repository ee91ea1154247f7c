import { type FileHandle, open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { AuthError, type AuthFlow, InvalidRequestError, basic } from '@session-fetch/core'
import { own } from '@session-fetch/core/adapter'
import { checkNames } from '../base/check-names.js'
import { shadowed } from '../base/shadowed.js'
import { variable } from '../connect/proxy-environment.js'
import { type NetrcEntries, parseNetrc } from './parse-netrc.js'

/** Options of `netrc`. */
export interface NetrcOptions {
  /** Whether to use the `default` entry for hosts without one. Default: `false`. */
  default?: boolean | undefined
}

/**
 * Basic authentication from a netrc file. Entries are matched by exact host name; requests to hosts without an entry
 * are sent without credentials. The file is read again after it changes.
 *
 * @param path Default: the `NETRC` environment variable, else `.netrc` (`_netrc` on Windows) in the home directory,
 *   which may be missing.
 * @throws AuthError, from the call, if the file is accessible to others, unreadable or invalid
 * @example new Session({ auth: netrc() })
 */
export function netrc(path?: string, options: NetrcOptions = {}): AuthFlow {
  if (path !== undefined && (typeof path !== 'string' || path === ''))
    throw new InvalidRequestError("netrc needs the path of a file, as in netrc('/etc/netrc'), or nothing")
  const file = new NetrcFile(path ?? defaultPath(), path === undefined)
  checkNames('netrc', options, ['default'])
  const { default: isDefault = false } = own(options)
  if (typeof isDefault !== 'boolean') throw new InvalidRequestError('netrc: default must be true or false')
  return {
    async *authenticate(request) {
      const entries = await file.entries()
      const { hostname } = new URL(request.url)
      const entry = entries.hosts.get(hostname) ?? (isDefault ? entries.default : undefined)
      // an entry without login and password is empty
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

function defaultPath(): string {
  return variable(process.env, 'NETRC') || join(homedir(), process.platform === 'win32' ? '_netrc' : '.netrc')
}

const NO_ENTRIES: NetrcEntries = { hosts: new Map(), default: undefined }
/** The permission bits of group and others. */
const OTHERS = 0o077

/** A netrc file, read on demand and again after it changes. */
class NetrcFile {
  readonly #path: string
  readonly #mayBeMissing: boolean
  #known: { stamp: string; entries: NetrcEntries } | undefined

  constructor(path: string, mayBeMissing: boolean) {
    this.#path = path
    this.#mayBeMissing = mayBeMissing
  }

  /** @throws AuthError with the path, but nothing of the content */
  async entries(): Promise<NetrcEntries> {
    const handle = await this.#open()
    if (handle === null) return NO_ENTRIES
    try {
      return await this.#read(handle)
    } catch (cause) {
      throw cause instanceof AuthError ? cause : this.#failure('cannot be read', cause)
    } finally {
      await handle.close()
    }
  }

  async #open(): Promise<FileHandle | null> {
    try {
      return await open(this.#path)
    } catch (cause) {
      if (this.#mayBeMissing && (cause as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw this.#failure('cannot be read', cause)
    }
  }

  async #read(handle: FileHandle): Promise<NetrcEntries> {
    const { mode, mtimeMs, size, ino } = await handle.stat()
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      throw this.#failure('can be read by others; restrict it with chmod 600')
    const stamp = [mtimeMs, size, ino].join()
    if (this.#known?.stamp === stamp) return this.#known.entries
    const entries = parseNetrc(await handle.readFile(shadowed({ encoding: 'utf8' as const })))
    if (entries === null) throw this.#failure('is not a valid netrc file')
    this.#known = { stamp, entries }
    return entries
  }

  #failure(what: string, cause?: unknown): AuthError {
    return new AuthError(`netrc: ${this.#path} ${what}`, cause === undefined ? {} : { cause })
  }
}
