/** Shared by all empty caches, since a program may have thousands of them. Never written to. */
const NONE = /* @__PURE__ */ new Map<never, never>()

/**
 * A least-recently-used cache with at least `capacity` and at most twice as many entries. It keeps two generations,
 * so that a hit costs one look-up and no write.
 */
export class LruMap<Key, Value> {
  readonly #capacity: number
  #young: Map<Key, Value> = NONE
  #old: Map<Key, Value> = NONE

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: Key): Value | undefined {
    const value = this.#young.get(key)
    if (value !== undefined || this.#old.size === 0) return value
    const older = this.#old.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: Key, value: Value): void {
    if (this.#young === NONE) this.#young = new Map()
    else if (this.#young.size >= this.#capacity) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  clear(): void {
    this.#young = NONE
    this.#old = NONE
  }
}
