import { copyInto } from './join-chunks.js'

/** A body of no more bytes is put into one piece of memory as it comes, unless it is read chunk by chunk. */
const SHORT = 262_144
/** More than this is not made room for because a server announced it. */
const MOST = 16_777_216

/** Copies of the bytes of a body that came, and that nobody has taken yet. Who takes them has them alone. */
export class HeldBytes {
  /** Where there is one: room for all of the body. There are no chunks then. */
  #room: Buffer | undefined
  #chunks: Uint8Array[] = []
  #size = 0
  #begun = false

  get size(): number {
    return this.#size
  }

  /** @param left How many bytes are yet to come, where that is known. */
  add(chunk: Uint8Array, left: number = Infinity): void {
    const length = chunk.byteLength + left
    if (!this.#begun && length <= SHORT) this.#room = Buffer.allocUnsafe(length)
    this.#begun = true
    if (this.#room) this.#room.set(chunk, this.#size)
    else this.#chunks.push(Buffer.from(chunk))
    this.#size += chunk.byteLength
  }

  /** All bytes will be taken at once, and so many are yet to come: they are put into one piece. */
  gather(left: number): void {
    const length = this.#size + left
    if (this.#room || length > MOST) return
    this.#room = Buffer.allocUnsafe(length)
    copyInto(this.#room, this.#chunks)
    this.#chunks = []
  }

  /** Takes what came first. */
  shift(): Uint8Array | undefined {
    const chunk = this.#takeRoom() ?? this.#chunks.shift()
    if (chunk) this.#size -= chunk.byteLength
    return chunk
  }

  /** Takes all of them. */
  take(): readonly Uint8Array[] {
    const room = this.#takeRoom()
    const chunks = room ? [room] : this.#chunks
    this.#chunks = []
    this.#size = 0
    return chunks
  }

  copy(): HeldBytes {
    const copy = new HeldBytes()
    for (const chunk of this.#chunks) copy.add(chunk)
    if (this.#room) copy.add(this.#room.subarray(0, this.#size))
    return copy
  }

  #takeRoom(): Uint8Array | undefined {
    const chunk = this.#room?.subarray(0, this.#size)
    this.#room = undefined
    return chunk
  }
}
