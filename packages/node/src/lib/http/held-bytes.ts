/** A body of no more bytes is put into one piece of memory as it comes, whoever may read it. */
const SHORT = 262_144
/** More than this is not made room for because a server announced it. */
const MOST = 16_777_216

/** Copies of the bytes of a body that came, and that nobody has taken yet. Who takes them has them alone. */
export class HeldBytes {
  #chunks: Uint8Array[] = []
  /** Where there is one: room for the body, in which the bytes from `#start` to `#end` are held. */
  #room: Buffer | undefined
  #start = 0
  #end = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @param left How many bytes are yet to come, where that is known. */
  add(chunk: Uint8Array, left: number = Infinity): void {
    const length = chunk.byteLength + left
    if (length <= SHORT) this.#room ??= Buffer.allocUnsafe(length)
    if (this.#room) this.#put(chunk, this.#room)
    else this.#chunks.push(Buffer.from(chunk))
    this.#size += chunk.byteLength
  }

  /** All bytes will be taken at once, and so many are yet to come: they are put into one piece. */
  gather(left: number): void {
    const length = this.#size + left
    if (this.#room || length > MOST) return
    this.#room = Buffer.allocUnsafe(length)
    for (const chunk of this.#chunks) this.#put(chunk, this.#room)
    this.#chunks = []
  }

  /** Takes what came first. */
  shift(): Uint8Array | undefined {
    const chunk = this.#chunks.shift() ?? this.#takeRoom()
    if (chunk) this.#size -= chunk.byteLength
    return chunk
  }

  /** Takes all of them. */
  take(): readonly Uint8Array[] {
    const room = this.#takeRoom()
    const chunks = room ? [...this.#chunks, room] : this.#chunks
    this.#chunks = []
    this.#room = undefined
    this.#size = 0
    return chunks
  }

  copy(): HeldBytes {
    const copy = new HeldBytes()
    for (const chunk of this.#chunks) copy.add(chunk)
    if (this.#room) copy.add(this.#room.subarray(this.#start, this.#end))
    return copy
  }

  #put(chunk: Uint8Array, room: Buffer): void {
    room.set(chunk, this.#end)
    this.#end += chunk.byteLength
  }

  #takeRoom(): Uint8Array | undefined {
    if (this.#end === this.#start) return undefined
    const chunk = this.#room?.subarray(this.#start, this.#end)
    this.#start = this.#end
    return chunk
  }
}
