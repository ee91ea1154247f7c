import type { LookupFunction } from 'node:net'
import { describe, expect, it } from 'vitest'
import { addressesOf } from './dns.js'

/** A lookup that throws for some options, and otherwise finds one address. */
function lookupWithout(option: string, code: string): LookupFunction {
  return (_hostname, options, callback) => {
    if (option in options) throw Object.assign(new Error(`The options.${option} option`), { code })
    callback(null, [{ address: '192.0.2.1', family: 4 }])
  }
}

describe('addressesOf', () => {
  it('omits the hints if the engine rejects them, as workerd does', async () => {
    const lookup = lookupWithout('hints', 'ERR_OPTION_NOT_IMPLEMENTED')
    expect(await addressesOf('a.test', lookup)).toEqual([{ address: '192.0.2.1', family: 4 }])
  })

  it('rejects with any other error that a lookup throws', async () => {
    await expect(addressesOf('a.test', lookupWithout('hints', 'EINVAL'))).rejects.toThrow('options.hints')
    await expect(addressesOf('a.test', lookupWithout('all', 'ERR_OPTION_NOT_IMPLEMENTED'))).rejects.toThrow(
      'options.all',
    )
  })
})
