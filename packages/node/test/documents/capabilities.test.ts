import { readFileSync } from 'node:fs'
import { Session as BrowserSession } from '@session-fetch/browser'
import { type Capabilities, Session } from '@session-fetch/node'
import { Session as PortableSession } from '@session-fetch/portable'
import { describe, expect, it } from 'vitest'
import { NODE_OPTIONS } from '../../src/session/platform.js'

const node = new Session().capabilities
const browser = new BrowserSession().capabilities
const portable = new PortableSession().capabilities
const table = readFileSync(new URL('../../../../docs/capabilities.md', import.meta.url), 'utf8')

/** The rows of the table: a capability, and what is said of it for Node, for browsers and for the portable entry. */
const rows = [...table.matchAll(/^\| `(\w+)` +\|[^|]*\| (\w+) +\| (\w+) +\| (\w+) +\|/gm)].map(
  ([, name = '', ...said]) => [name, ...said] as const,
)

describe('session.capabilities', () => {
  it.each(Object.entries({ node, browser, portable }))(
    'is one frozen object of booleans (%s)',
    (_platform, of) => {
      expect(Object.isFrozen(of)).toBe(true)
      expect(new Set(Object.values(of).map((can) => typeof can))).toEqual(new Set(['boolean']))
    },
  )

  it('is the same for the sessions made from one', () => {
    expect(new Session().extend().capabilities).toBe(node)
    expect(new BrowserSession().fork().capabilities).toBe(browser)
    expect(new PortableSession().extend().capabilities).toBe(portable)
  })

  it('has one row for each in docs/capabilities.md', () => {
    const names = rows.map(([name]) => name)
    expect(names).toEqual(Object.keys(node))
    expect(names).toEqual(Object.keys(browser))
    expect(names).toEqual(Object.keys(portable))
  })

  it.each(rows)('has the value of the table for %s', (name, inNode, inBrowser, inPortable) => {
    const says = (can: boolean): string => (can ? 'yes' : 'no')
    expect(says(node[name as keyof Capabilities])).toBe(inNode)
    expect(says(portable[name as keyof Capabilities])).toBe(inPortable)
    // What an engine decides is asked of Node's own Request here, which has streams.
    expect(says(browser[name as keyof Capabilities])).toBe(inBrowser === 'engine' ? 'yes' : inBrowser)
  })

  it.each(NODE_OPTIONS.filter((name) => name !== 'trustEnv'))('says no in a browser to %s', (name) => {
    expect(browser).toHaveProperty(name, false)
  })
})
