import { readFileSync } from 'node:fs'
import { CALL_OPTIONS } from '@session-fetch/core/adapter'
import { Session, SessionResponse } from '@session-fetch/node'
import { describe, expect, it } from 'vitest'
import { FOREIGN_MEMBERS } from '../../src/session/misuse-checks.js'
import { NODE_OPTIONS } from '../../src/session/platform.js'

const text = readFileSync(new URL('../../../../docs/reference.md', import.meta.url), 'utf8')
/** The first word of text between backticks. */
const named = new Set([...text.matchAll(/`(\w+)/g)].map(([, name]) => name))

/** Members of a class, and of what it extends up to a base. */
function membersOf(Class: { prototype: object }, base: object): string[] {
  const names = new Set<string>()
  for (let each = Class.prototype; each !== base; each = Object.getPrototypeOf(each) as object)
    for (const name of Object.getOwnPropertyNames(each)) names.add(name)
  return [...names]
}

/** Options of the standard without effect in Node. */
const IDLE = ['duplex', 'window']
/** Members for transports, layers and platforms, and those that only throw a hint. */
const NOT_FOR_CALLERS = [
  ...Object.keys(FOREIGN_MEMBERS),
  'constructor',
  'attach',
  'describe',
  'leadsTo',
  'whenDone',
  'finish',
  'resolve',
  'abort',
]

describe('docs/reference.md names', () => {
  it.each([...CALL_OPTIONS, ...NODE_OPTIONS].filter((name) => !IDLE.includes(name)))(
    'the option %s',
    (name) => {
      expect(named).toContain(name)
    },
  )

  it.each([
    ['a session', membersOf(Session, Object.prototype)],
    [
      'a response',
      membersOf(SessionResponse, Response.prototype).filter((name) => !(name in Response.prototype)),
    ],
  ])('every member of %s', (_what, members) => {
    expect(members.filter((name) => !NOT_FOR_CALLERS.includes(name) && !named.has(name))).toEqual([])
  })
})
