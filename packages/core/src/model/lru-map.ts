/** Shared by all empty caches, because a program may have thousands of them. Never written to. */
const NONE = /* @__PURE__ */ new Map<never, never>()

/**
 * A least-recently-used cache with at least `capacity` and at most twice as many entries. It keeps two generations,
 * so that a hit costs one look-up and no write.
 */
export class LruMap<Key, Value> {
  readonly #capacity: number
  #recent: Map<Key, Value> = NONE
  #old: Map<Key, Value> = NONE

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: Key): Value | undefined {
    const value = this.#recent.get(key)
    if (value !== undefined || this.#old.size === 0) return value
    const older = this.#old.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: Key, value: Value): void {
    if (this.#recent === NONE) this.#recent = new Map()
    else if (this.#recent.size >= this.#capacity) {
      this.#old = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(key, value)
  }

  clear(): void {
    this.#recent = NONE
    this.#old = NONE
  }
}
