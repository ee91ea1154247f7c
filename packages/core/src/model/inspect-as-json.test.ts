import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ours, prepared } from '../../test/test-session.js'

/** As Deno shows an object: by its own symbol first, as text. */
function shownByDeno(value: object): string {
  const show: unknown = Reflect.get(value, Symbol.for('Deno.customInspect'))
  return typeof show === 'function' ? String(show.call(value, inspect, {})) : 'by an inspector of its own'
}

const secrets = { headers: { 'Set-Cookie': 'sid=canary', Authorization: 'canary', 'X-App': '1' } }

describe('inspectAsJson', () => {
  it.each([
    ['Node', (value: object) => inspect(value)],
    ['Deno', shownByDeno],
  ])('shows responses and requests without secrets in %s', (_engine, shown) => {
    const request = prepared('https://api.test/?token=canary', secrets)
    const texts = [shown(request), shown(ours(new Response('canary', secrets), request))]
    for (const text of texts) {
      expect(text).toContain("'x-app': '1'")
      expect(text).not.toContain('canary')
    }
  })
})
