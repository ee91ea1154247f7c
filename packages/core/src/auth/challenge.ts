import type { PreparedRequest } from '../request/prepared-request.js'
import { originOf } from '../request/url.js'
import type { SessionResponse } from '../response/session-response.js'

/**
 * Whether a response is a 401 of the origin that was addressed. A browser follows redirects unseen, so another
 * origin may have sent it.
 */
export function isChallenged(request: PreparedRequest, response: SessionResponse): boolean {
  return response.status === 401 && originOf(response.url) === originOf(request.url)
}

/** One challenge of a server. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  /** By lower-case name, unquoted. The first of duplicates wins. */
  readonly params: ReadonlyMap<string, string>
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const QUOTED = '"(?:[\\t !#-[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"'
const SEPARATORS = /[\t ,]*/y
const NAME = new RegExp(TOKEN, 'y')
const VALUE = new RegExp(`[\\t ]*=[\\t ]*(${TOKEN}|${QUOTED})`, 'y')
const SCHEME_END = /(?=[\t ,]|$)(?![\t ]*=)/y
/** The token68 of schemes such as `Negotiate`, instead of parameters. */
const TOKEN68 = /[\t ]+[A-Za-z0-9._~+/-]+=*[\t ]*(?=,|$)/y

/**
 * Parses the challenges of a `WWW-Authenticate` header, in order (RFC 9110 §11.6.1). Several lines arrive
 * joined. Anything after a syntax error is ignored.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = []
  let params = new Map<string, string>()
  let at = 0
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    const found = pattern.exec(header)
    if (found) at = pattern.lastIndex
    return found && (found[1] ?? found[0])
  }
  for (;;) {
    take(SEPARATORS)
    const name = take(NAME)?.toLowerCase()
    if (name === undefined) return challenges
    const value = take(VALUE)
    if (value !== null) {
      if (!params.has(name)) params.set(name, unquote(value))
      continue
    }
    if (take(SCHEME_END) === null) return challenges
    params = new Map()
    challenges.push({ scheme: name, params })
    take(TOKEN68)
  }
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
}
