import type { Library, Session, SessionOptions } from './library.js'

/** The platform that runs the suite, which determines who manages cookies, redirects and connections. */
export type Platform = 'node' | 'browser'

/** The arguments of a case. */
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
  /** Whether it asks for a check that a page's default build leaves out. Default: `false`. */
  readonly isDevelopment: boolean
  run(context: ContractContext): Promise<void>
}

type Run = ContractCase['run'] & { [DEVELOPMENT]?: boolean }

const DEVELOPMENT = Symbol('development')

/** Makes the cases of one topic. */
export function cases(topic: string, runs: Record<string, Run>): ContractCase[] {
  return Object.entries(runs).map(([name, run]) => ({
    name: `${topic}: ${name}`,
    isDevelopment: run[DEVELOPMENT] ?? false,
    run,
  }))
}

/** Marks a case that a page's default build does not pass, for want of a check: see docs/capabilities.md. */
export function inDevelopment(run: ContractCase['run']): Run {
  return Object.assign(run, { [DEVELOPMENT]: true })
}
