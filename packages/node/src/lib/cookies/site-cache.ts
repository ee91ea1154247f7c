import { type CookieSite, cookieSite } from './cookie-site.js'
import { RecentMap } from '../network/recent-map.js'

const CAPACITY = 256

/** The sites of URLs that were parsed lately. */
export class SiteCache {
  readonly #sites: RecentMap<string, CookieSite | null> = new RecentMap(CAPACITY)

  /** @param url - without its query, which decides nothing */
  get(url: string): CookieSite | null {
    const known = this.#sites.get(url)
    if (known !== undefined) return known
    const site = cookieSite(url)
    this.#sites.set(url, site)
    return site
  }
}

/** Of a URL, what decides its cookies and more. */
export function withoutQuery(url: string): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}
