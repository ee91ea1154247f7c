import { once } from 'node:events'
import { type AddressInfo, type Server, Socket, connect, createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { fakeIo } from '../../test/fake-io.js'
import { HEAD_START, firstConnected } from './tcp.js'

/** A fake socket that a test controls. */
function told(): Socket {
  return new Socket()
}

const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
const never = new AbortController().signal

describe('firstConnected', () => {
  beforeEach(() => fakeIo())
  afterEach(() => expect(vi.getTimerCount()).toBe(0))

  it('continues a slow first attempt while the next one hangs', async () => {
    const [slow, dead] = [told(), told()]
    const first = firstConnected([() => slow, () => dead], never)
    vi.advanceTimersByTime(HEAD_START)
    dead.destroy(refused())
    slow.emit('connect')
    expect(await first).toBe(slow)
    expect(slow.destroyed).toBe(false)
  })

  it('starts the next attempt after the delay, and closes the later connection', async () => {
    const [slow, quick] = [told(), told()]
    const begin = vi.fn(() => quick)
    const first = firstConnected([() => slow, begin], never)
    vi.advanceTimersByTime(HEAD_START - 1)
    expect(begin).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    quick.emit('connect')
    expect(await first).toBe(quick)
    expect([slow.destroyed, quick.destroyed]).toEqual([true, false])
  })

  it('starts the next attempt immediately if one fails', async () => {
    const [dead, quick] = [told(), told()]
    const first = firstConnected([() => dead, () => quick], never)
    dead.destroy(refused())
    await new Promise((resolve) => dead.once('close', resolve))
    quick.emit('connect')
    expect(await first).toBe(quick)
  })

  it('fails with the error of the only attempt', async () => {
    const [dead, error] = [told(), refused()]
    const first = firstConnected([() => dead], never)
    dead.destroy(error)
    await expect(first).rejects.toBe(error)
  })

  it('fails with all errors, and the code of the first', async () => {
    const sockets = [told(), told()]
    const errors = [refused(), new Error('connect EHOSTUNREACH')]
    const first = firstConnected(
      sockets.map((socket, index) => () => socket.destroy(errors[index])),
      never,
    )
    await expect(first).rejects.toMatchObject({ name: 'AggregateError', code: 'ECONNREFUSED', errors })
  })

  it('is aborted by its signal, with all attempts', async () => {
    const sockets = [told(), told()]
    const { signal, ...stopper } = controller()
    const first = firstConnected(
      sockets.map((socket) => () => socket),
      signal,
    )
    vi.advanceTimersByTime(HEAD_START)
    stopper.abort()
    await expect(first).rejects.toBe(signal.reason)
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true])
  })

  it('closes the returned socket at a later abort', async () => {
    const socket = told()
    const { signal, ...stopper } = controller()
    const first = firstConnected([() => socket], signal)
    socket.emit('connect')
    await first
    stopper.abort()
    expect(socket.destroyed).toBe(true)
  })
})

describe('firstConnected, over real sockets', () => {
  it('uses the address that answers', async () => {
    const server: Server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const dial = (host: string) => () => connect({ host, port })
    const socket = await firstConnected([dial('127.0.0.2'), dial('127.0.0.1')], never)
    expect(socket.remoteAddress).toBe('127.0.0.1')
    socket.destroy()
  })
})

function controller(): { signal: AbortSignal; abort: () => void } {
  const made = new AbortController()
  return { signal: made.signal, abort: () => made.abort(new Error('stopped')) }
}
