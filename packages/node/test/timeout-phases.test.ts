import type { LookupFunction } from 'node:net'
import { TimeoutError } from '@session-fetch/node'
import { ok } from '@session-fetch/test-support/fault-server'
import { describe, expect, it } from 'vitest'
import { serve, sessionOver } from './fault-stage.js'

/** Finds every name on this machine once `may` calls what it is given; `turn` counts from 0. */
function lookupWhen(may: (turn: number, find: () => void) => void): LookupFunction {
  let turn = 0
  return (_name, options, callback) =>
    may(turn++, () => {
      if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
      else callback(null, '127.0.0.1', 4)
    })
}

describe('timeout.connect', () => {
  it('limits the connection, too, that takes the place of a stale one', async () => {
    const server = await serve(({ turn, socket, send }) => (turn === 0 ? send(ok('ok')) : socket.destroy()))
    const lookup = lookupWhen((turn, find) => void (turn === 0 && find()))
    const session = sessionOver('sockets', { lookup, timeout: { total: 2000, connect: 100 } })
    const url = `http://name.test:${server.port}/`
    expect(await session.get(url).text()).toBe('ok')
    const error = await session.get(url).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ phase: 'connect' })
    expect(session.stats()).toMatchObject({ running: 0, pending: 0 })
  })
})
