import { getPublicSuffix } from 'tough-cookie'
import { RecentMap } from '../network/recent-map.js'

const KNOWN: RecentMap<string, boolean> = /* @__PURE__ */ new RecentMap(256)

/** Whether strangers register names under this domain: `co.uk`, `github.io`, and any single label. */
export function isPublicSuffix(domain: string): boolean {
  if (!domain.includes('.')) return true
  const known = KNOWN.get(domain)
  if (known !== undefined) return known
  const registrable = getPublicSuffix(domain, { allowSpecialUseDomain: true, ignoreError: true })
  KNOWN.set(domain, registrable === undefined)
  return registrable === undefined
}
