import { type CopyableHeaders, TCHAR, inspectAs } from '@session-fetch/core/adapter'

/** Name, value, name, value: names in lower case and sorted, each once except for `set-cookie`. Never modified. */
type HeaderPairs = readonly string[]

/** Names whose list entry equals the result of `Headers.get`: all but `set-cookie`. */
const NAME = new RegExp(`^(?!set-cookie$)[${TCHAR}]+$`, 'i')
/** Values that `Headers` stores unchanged: latin-1 without control characters and surrounding whitespace. */
const VALUE = /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/

/**
 * A standard `Headers` that starts as a list, which its copies and the connection share. `has`, `get` and `set` work
 * on the list; every other method first fills the standard's own storage. Fast path: see decision 14.
 */
export class HeaderList extends Headers implements CopyableHeaders {
  static {
    inspectAs<HeaderList>(this.prototype, (headers) => new Headers(headers))
  }

  /** `undefined` after a change, until it is built again. */
  #list: HeaderPairs | undefined
  /** Whether the inherited storage is filled. */
  #filled = true

  /** The headers as a list. */
  get list(): HeaderPairs {
    this.#list ??= listOf((each) => super.forEach(each))
    return this.#list
  }

  /** Copies by sharing the list. */
  copy(): HeaderList {
    const copy = new HeaderList()
    copy.#list = this.list
    copy.#filled = false
    return copy
  }

  override has(name: string): boolean {
    if (!this.#filled && isPlain(NAME, name)) return indexOf(this.list, name.toLowerCase()) >= 0
    this.#fill()
    return super.has(name)
  }

  override get(name: string): string | null {
    if (!this.#filled && isPlain(NAME, name)) return valueOf(this.list, name.toLowerCase())
    this.#fill()
    return super.get(name)
  }

  override set(name: string, value: string): void {
    if (!this.#filled && isPlain(NAME, name) && isPlain(VALUE, value)) {
      this.#list = withHeader(this.list, name.toLowerCase(), value)
    } else {
      this.#change()
      super.set(name, value)
    }
  }

  override append(name: string, value: string): void {
    this.#change()
    super.append(name, value)
  }

  override delete(name: string): void {
    this.#change()
    super.delete(name)
  }

  override getSetCookie(): string[] {
    this.#fill()
    return super.getSetCookie()
  }

  override forEach(each: (value: string, name: string, headers: Headers) => void, self?: unknown): void {
    for (let at = 0; at < this.list.length; at += 2)
      each.call(self, this.list[at + 1] ?? '', this.list[at] ?? '', this)
  }

  override keys(): ReturnType<Headers['keys']> {
    this.#fill()
    return super.keys()
  }

  override values(): ReturnType<Headers['values']> {
    this.#fill()
    return super.values()
  }

  override entries(): ReturnType<Headers['entries']> {
    this.#fill()
    return super.entries()
  }

  /** Overridden so that undici, too, iterates instead of reading the inherited storage. */
  override [Symbol.iterator](): ReturnType<Headers['entries']> {
    return this.entries()
  }

  #fill(): void {
    if (this.#filled) return
    this.#filled = true
    const list = this.#list ?? []
    for (let at = 0; at < list.length; at += 2) super.append(list[at] ?? '', list[at + 1] ?? '')
  }

  #change(): void {
    this.#fill()
    this.#list = undefined
  }
}

/**
 * Headers for requests: a `HeaderList`, unless this engine reads a given `Headers` by its internal storage, as Bun
 * and workerd do, which do not see the list.
 *
 * @param Reader The engine's own `Headers`.
 */
export function requestHeaders(init: Record<string, string>, Reader: typeof Headers = Headers): Headers {
  const listed = new HeaderList(init)
  const read = new Reader(listed.copy())
  return [...listed.keys()].every((name) => read.has(name)) ? listed : new Headers(init)
}

/** JavaScript callers may pass any type, which the standard method converts. */
function isPlain(pattern: RegExp, text: unknown): boolean {
  return typeof text === 'string' && pattern.test(text)
}

/** The headers of a request as a list. */
export function headerPairs(headers: Headers): HeaderPairs {
  return headers instanceof HeaderList ? headers.list : listOf((each) => headers.forEach(each))
}

/** Uses `forEach`, since iterating takes several times as long. */
function listOf(forEach: (each: (value: string, name: string) => void) => void): HeaderPairs {
  const list: string[] = []
  forEach((value, name) => list.push(name, value))
  return list
}

function valueOf(list: HeaderPairs, name: string): string | null {
  const at = indexOf(list, name)
  return at < 0 ? null : (list[at + 1] ?? null)
}

function withHeader(list: HeaderPairs, name: string, value: string): HeaderPairs {
  const known = indexOf(list, name)
  const at = known < 0 ? placeOf(list, name) : known
  return list.toSpliced(at, known < 0 ? 0 : 2, name, value)
}

function indexOf(list: HeaderPairs, name: string): number {
  for (let at = 0; at < list.length; at += 2) if (list[at] === name) return at
  return -1
}

function placeOf(list: HeaderPairs, name: string): number {
  let at = 0
  while (at < list.length && (list[at] ?? '') < name) at += 2
  return at
}
