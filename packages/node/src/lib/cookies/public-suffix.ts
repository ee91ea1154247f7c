import { getPublicSuffix } from 'tough-cookie'
import { RecentMap } from '../network/recent-map.js'

const KNOWN: RecentMap<string, boolean> = /* @__PURE__ */ new RecentMap(256)

/** Whether strangers register names under this domain: `co.uk`, `github.io`, and any single label. */
export function isPublicSuffix(domain: string): boolean {
  if (!domain.includes('.')) return true
  const known = KNOWN.get(domain)
  if (known !== undefined) return known
  const isSuffix = registrable(domain) === undefined
  KNOWN.set(domain, isSuffix)
  return isSuffix
}

/** The site that a canonical host belongs to: what someone registered, or the very host. */
export function siteHost(host: string): string {
  return (/^[\d.]+$|:/.test(host) ? undefined : registrable(host)) ?? host
}

function registrable(domain: string): string | undefined {
  return getPublicSuffix(domain, { allowSpecialUseDomain: true, ignoreError: true })
}
