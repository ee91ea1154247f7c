import type { Library, Session, SessionOptions } from './library.js'

/** Who runs the suite: it decides who owns cookies, redirects and connections. */
export type Platform = 'node' | 'browser'

/** What a case is given. */
export interface ContractContext {
  /** Everything that the entry under test exports. */
  readonly library: Library
  /** The contract site, with a trailing slash. */
  readonly url: string
  /** The same site at another host name. */
  readonly otherUrl: string
  readonly platform: Platform
  /** Creates a session that is closed when the case has ended. */
  readonly open: (options?: SessionOptions) => Session
}

/** One thing that a session does, on every platform. */
export interface ContractCase {
  readonly name: string
  run(context: ContractContext): Promise<void>
}

/** Makes the cases of one topic. */
export function cases(topic: string, runs: Record<string, ContractCase['run']>): ContractCase[] {
  return Object.entries(runs).map(([name, run]) => ({ name: `${topic}: ${name}`, run }))
}
