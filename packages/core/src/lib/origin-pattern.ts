import { parseUrl } from './parse-url.js'
import type { Place } from './resolve-url.js'

/**
 * Tells URLs of an origin: of `scheme://host` exactly, or of any name below `host` for `scheme://*.host`.
 * `null` for a text that is neither.
 */
export function originPattern(text: string): ((url: Place) => boolean) | null {
  const below = text.includes('//*.')
  const origin = parseUrl(text.replace('//*.', '//'))
  if (!origin?.host || origin.host.includes('*')) return null
  const { protocol, host } = origin
  return (url) => url.protocol === protocol && (below ? url.host.endsWith(`.${host}`) : url.host === host)
}
