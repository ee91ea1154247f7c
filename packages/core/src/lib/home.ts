import { InvalidRequestError } from './errors.js'
import { originPattern } from './origin-pattern.js'
import { redactUrl } from './redact.js'
import type { Place } from './resolve-url.js'

/** Where a session's defaults may go. */
export interface Home {
  has(url: Place): boolean
  /** Whether the session named any home at all. */
  readonly named: boolean
}

/**
 * The origins of `baseUrl` and of `origins`: exact ones, or `https://*.example.com` for any name below
 * `example.com`. A session that names neither is at home everywhere.
 */
export function homeOf(baseUrl: string | null, origins: readonly string[]): Home {
  const patterns = origins.map(homePattern)
  if (baseUrl !== null) patterns.push(homePattern(new URL(baseUrl).origin))
  const named = patterns.length > 0
  return { named, has: (url) => !named || patterns.some((matches) => matches(url)) }
}

function homePattern(origin: unknown): Home['has'] {
  const isOrigin = typeof origin === 'string' && /^https?:\/\/[^/?#@\\]+\/?$/i.test(origin)
  const pattern = isOrigin && originPattern(origin)
  if (pattern) return pattern
  throw new InvalidRequestError(
    `"${redactUrl(String(origin))}" in origins is not an origin; write https://host, https://host:port or https://*.host`,
  )
}

/** Whether credentials survive this hop: the same origin, or the same host going up from http to https. */
export function staysHome(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true
  const up = from.protocol === 'http:' && to.protocol === 'https:'
  return up && from.hostname === to.hostname && from.port === '' && to.port === ''
}
