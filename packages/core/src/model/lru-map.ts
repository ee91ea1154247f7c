/**
 * A least-recently-used cache with at least `capacity` and at most twice as many entries. It keeps two generations,
 * so that a hit costs one look-up and no write.
 */
export class LruMap<Key, Value> {
  readonly #capacity: number
  #young: Map<Key, Value> = new Map()
  #old: Map<Key, Value> = new Map()

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
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, value)
  }

  clear(): void {
    if (this.#young.size > 0) this.#young = new Map()
    if (this.#old.size > 0) this.#old = new Map()
  }
}
