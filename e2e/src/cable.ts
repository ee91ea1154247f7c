import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** One connection through the cable: the browser's end, and the server's. */
interface Strand {
  readonly near: Socket
  readonly far: Socket
}

/** A way to a server that can be cut, or be made to let nothing through for a while: for every engine alike. */
export class Cable {
  readonly #server: Server
  readonly #strands = new Set<Strand>()
  #isCut = false
  #isHeld = false

  /** Lays a cable from a free loopback port to that one. */
  static async lay(to: number): Promise<Cable> {
    const cable = new Cable(to)
    await new Promise<void>((listening) => {
      cable.#server.listen(0, '127.0.0.1', listening)
    })
    return cable
  }

  private constructor(to: number) {
    this.#server = createServer((near) => {
      if (this.#isCut) near.destroy()
      else this.#join({ near, far: connect(to, '127.0.0.1') })
    })
  }

  /** The port at the browser's end. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port // it listens on TCP
  }

  /** Ends every connection, and each new one at once, as a network that is down does. */
  cut(): void {
    this.#isCut = true
    for (const { near } of this.#strands) near.destroy()
  }

  mend(): void {
    this.#isCut = false
  }

  /** Lets nothing reach the server any more; connections stay. */
  hold(): void {
    this.#isHeld = true
    for (const { near, far } of this.#strands) near.unpipe(far).pause()
  }

  /** Lets through what was held. */
  release(): void {
    this.#isHeld = false
    for (const { near, far } of this.#strands) near.pipe(far)
  }

  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    this.cut()
    return closed
  }

  #join(strand: Strand): void {
    const { near, far } = strand
    this.#strands.add(strand)
    near.on('error', () => near.destroy()).once('close', () => far.destroy()) // either side may end it at any time
    far.on('error', () => far.destroy()).once('close', () => near.destroy())
    near.once('close', () => this.#strands.delete(strand))
    far.pipe(near)
    if (!this.#isHeld) near.pipe(far)
  }
}
