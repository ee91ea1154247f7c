import type { Authority, Certificate } from '@session-fetch/test-support/certificates'
import { type ContractServer, startContractServer } from '@session-fetch/test-support/contract-server'
import { certifiedNames } from './hosts.js'
import { testPages } from './pages.js'

export type Scheme = 'http' | 'https'

/** Two servers with the same pages, on ports of their own; any host name on loopback reaches them. */
export interface Pair {
  readonly home: Site
  readonly away: Site
}

export interface Site {
  /** The address by that host name, with a trailing slash. */
  at(host: string): string
}

/** The sites by scheme, and the requested addresses. */
export type Sites = Readonly<Record<Scheme, Pair>> & {
  /** What the ones for https prove themselves with. */
  readonly certificate: Certificate
  /** Returns every address that was requested since the last call. */
  visited(): string[]
  close(): Promise<void>
}

/** Starts the four servers; those for https prove themselves by the authority. */
export async function startSites(authority: Authority): Promise<Sites> {
  const pages = await testPages()
  const certificate = await authority.issue(certifiedNames)
  const secure = { pages, certificate }
  const given = new Set<string>()
  const servers = await Promise.all([{ pages }, { pages }, secure, secure].map(startContractServer))
  const [home, away, secureHome, secureAway] = servers.map((server) => siteOf(server, given))
  if (!home || !away || !secureHome || !secureAway) throw new Error('four servers were started')
  return {
    http: { home, away },
    https: { home: secureHome, away: secureAway },
    certificate,
    visited() {
      const urls = [...given]
      given.clear()
      return urls
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()))
    },
  }
}

function siteOf({ url, port }: ContractServer, given: Set<string>): Site {
  const { protocol } = new URL(url)
  return {
    at(host) {
      const address = `${protocol}//${host}:${port}/`
      given.add(address)
      return address
    },
  }
}
