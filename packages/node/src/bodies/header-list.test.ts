import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { HeaderList, headerPairs } from './header-list.js'
import { Random } from '../../test/wire/random.js'

const NAMES = [
  'Accept',
  'accept',
  'X-B',
  'x-a',
  'Cookie',
  'SET-COOKIE',
  'set-cookie',
  'content-type',
  '',
] as const
const ODD_NAMES = ['a b', 'é', 'x:y', 'constructor', '__proto__', 'Set-Cookie2'] as const
const VALUES = ['1', 'a, b', ' blanks around ', '', 'é', '\t', 'a\tb', 'x y', 'accept'] as const
const ODD_VALUES = ['a\nb', 'a\0b', 'ž', 'a\x7fb', '\r\n', '\x01'] as const

/** An operation on headers, and its result. */
type Step = (headers: Headers) => unknown

function randomStep(random: Random): Step {
  const name = random.pick([random.pick(NAMES), random.pick(NAMES), random.pick(ODD_NAMES)])
  const value = random.pick([random.pick(VALUES), random.pick(VALUES), random.pick(ODD_VALUES)])
  return random.pick<Step>([
    (headers) => headers.get(name),
    (headers) => headers.has(name),
    (headers) => headers.set(name, value),
    (headers) => headers.set(name, value),
    // What ends with a blank loses it when the standard copies it.
    (headers) => headers.append(name, value.trim() === '' ? 'b' : value),
    (headers) => headers.delete(name),
    (headers) => headers.getSetCookie(),
    (headers) => [...headers],
    (headers) => [...headers.keys()],
    (headers) => [...headers.values()],
    (headers) => [...headers.entries()],
    (headers) => seen(headers),
    (headers) => headers.set(name, 7 as unknown as string),
    (headers) => headers.get(undefined as unknown as string),
  ])
}

function seen(headers: Headers): unknown[] {
  const all: unknown[] = []
  headers.forEach((value, name, self) => all.push(name, value, self === headers))
  return all
}

function outcome(step: Step, headers: Headers): unknown {
  try {
    return step(headers) ?? null
  } catch (error) {
    return (error as Error).name
  }
}

/** What the platform's own would make of it. */
function native(headers: Headers): Headers {
  return new Headers([...headers])
}

describe('HeaderList', () => {
  it('behave like standard Headers, also their copies', () => {
    const random = new Random(0x1157)
    for (let run = 0; run < 2000; run += 1) {
      let ours = new HeaderList({ Accept: '*/*', 'X-B': '1', 'x-tenant': 'é' }).copy()
      let theirs = native(ours)
      for (let steps = random.below(8); steps >= 0; steps -= 1) {
        const step = randomStep(random)
        expect(outcome(step, ours), `${step.toString()} in run ${run}`).toEqual(outcome(step, theirs))
        if (random.below(3) > 0) continue
        const [before, was] = [ours, theirs]
        ours = ours.copy()
        theirs = native(theirs)
        ours.set('x-a', 'the copy’s'.slice(0, 3))
        theirs.set('x-a', 'the')
        expect([...before]).toEqual([...was])
      }
      expect([...ours]).toEqual([...theirs])
      expect(headerPairs(ours)).toEqual([...theirs].flat())
    }
  })

  it('are read by the platform', async () => {
    const headers = new HeaderList({ Accept: '*/*' }).copy()
    headers.set('X-New', '1')
    const all = [
      ['accept', '*/*'],
      ['x-new', '1'],
    ]
    expect(headers).toBeInstanceOf(Headers)
    expect([...new Headers(headers.copy())]).toEqual(all)
    expect([...new Request('http://a.test/', { headers: headers.copy() }).headers]).toEqual(all)
    expect([...new Response(null, { headers: headers.copy() }).headers]).toEqual(all)
    expect(inspect(headers.copy())).toBe(inspect(new Headers(headers)))
    expect(Object.keys(headers)).toEqual([])
  })

  it('share the list until one of them changes', () => {
    const headers = new HeaderList({ Accept: '*/*' })
    const copy = headers.copy()
    expect(copy.list).toBe(headers.list)
    copy.set('Cookie', 'a=1')
    expect(copy.list).toEqual(['accept', '*/*', 'cookie', 'a=1'])
    expect(headers.list).toEqual(['accept', '*/*'])
    headers.delete('Accept')
    expect(headers.list).toEqual([])
    expect(headers.copy().get('Accept')).toBeNull()
  })

  it('may change during an iteration, like standard Headers', () => {
    const walk = (headers: Headers): string[] => {
      const names: string[] = []
      headers.forEach((_value, name) => {
        names.push(name)
        if (name === 'accept') headers.append('x-late', '1')
      })
      return names
    }
    expect(walk(new HeaderList({ accept: '1' }).copy())).toEqual(walk(new Headers({ accept: '1' })))
  })
})
