import { tough } from '#tough'
import { InvalidRequestError } from '@session-fetch/core'
import { has } from '@session-fetch/core/adapter'
import type { CookieJar, Store } from 'tough-cookie'
import { type CookieLimits, CookieMap } from '../jar/cookie-map.js'
import { ExternalJar } from '../jar/external-jar.js'
import type { Jar } from '../jar/jar.js'
import { MemoryJar } from '../jar/memory-jar.js'
import { ToughAdapter } from '../jar/tough-adapter.js'

/**
 * Cookies in persistent storage, such as a file. They are loaded into a map; the subclass listens to its events and saves
 * the changes.
 */
export abstract class KeptCookies {
  abstract readonly map: CookieMap

  /** Saves pending changes. */
  abstract flush(): Promise<void>
}

/** The storage for cookies: any tough-cookie jar or store, or in Node a `FileCookieJar`. */
export type JarSource = CookieJar | Store | KeptCookies

/**
 * The jar for a source. A `ToughAdapter` is unwrapped and its map used directly.
 *
 * @throws InvalidRequestError for anything else
 */
export function openJar(source: JarSource | null | undefined, limits?: Partial<CookieLimits>): Jar {
  if (source === undefined || source === null) return new MemoryJar(new CookieMap(limits))
  if (source instanceof KeptCookies) return new MemoryJar(source.map)
  const store: unknown = typeof source === 'object' && has(source, 'store') ? source.store : source
  if (store instanceof ToughAdapter) return new MemoryJar(store.map)
  if (typeof store !== 'object' || store === null || !has(store, 'findCookies')) {
    const isPromise = source instanceof Promise
    throw new InvalidRequestError(
      isPromise
        ? 'jar is a promise; write jar: await FileCookieJar.open(path)'
        : 'jar must be a tough-cookie jar or store, or a FileCookieJar',
    )
  }
  // an object without a store is a store itself
  return new ExternalJar(store === source ? new tough.CookieJar(source) : (source as CookieJar))
}
