import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ours, prepared } from '../../test/test-session.js'
import { HttpError } from '../response/session-response.js'
import { inspectAs } from './redact.js'

/** As Deno shows an object: by its own symbol first, as text. */
function shownByDeno(value: object): string {
  const show: unknown = Reflect.get(value, Symbol.for('Deno.customInspect'))
  return typeof show === 'function' ? String(show.call(value, inspect, {})) : 'by an inspector of its own'
}

/** As edge-runtime does. */
function shownByEdge(value: object): string {
  const show: unknown = Reflect.get(value, Symbol.for('edge-runtime.inspect.custom'))
  return typeof show === 'function'
    ? String(show.call(value, { format: inspect }))
    : 'by an inspector of its own'
}

const secrets = { headers: { 'Set-Cookie': 'sid=canary', Authorization: 'canary', 'X-App': '1' } }

describe('inspectAsJson', () => {
  it.each([
    ['Node', (value: object) => inspect(value)],
    ['Deno', shownByDeno],
    ['edge-runtime', shownByEdge],
  ])('shows responses and requests without secrets in %s', (_engine, shown) => {
    const request = prepared('https://api.test/?token=canary', secrets)
    const texts = [shown(request), shown(ours(new Response('canary', secrets), request))]
    for (const text of texts) {
      expect(text).toContain("'x-app': '1'")
      expect(text).not.toContain('canary')
    }
  })
})

describe('inspectAs', () => {
  it('removes the mark by which workerd prints instances of its own classes', () => {
    const mark = Symbol('kResourceTypeInspect')
    class Native extends Blob {}
    class Ours extends Native {}
    Object.defineProperty(Native.prototype, mark, { value: {} })
    inspectAs(Ours.prototype, () => 'shown')
    expect(Reflect.get(new Native(), mark)).toEqual({})
    expect(Reflect.get(new Ours(), mark)).toBeUndefined()
    expect(inspect(new Ours())).toBe('shown')
  })
})

describe('inspectAsJson: an error', () => {
  it('does not list its response, which Bun would print', () => {
    const response = ours(new Response('', { status: 404 }), prepared('https://api.test/?token=canary'))
    const error = new HttpError(response)
    expect(error.response).toBe(response)
    expect(Object.keys(error)).not.toContain('response')
  })
})
