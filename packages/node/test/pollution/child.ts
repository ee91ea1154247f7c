// A separate process, because the prototype must not be shared: runs the scenario once for each plant.
import { type Places, play, ways } from './scenario.js'

export interface Order {
  readonly way: string
  readonly places: Places
  /** Where planted values point to. */
  readonly evil: string
  /** Nothing is planted for `null`. */
  readonly plants: readonly (Plant | null)[]
  /** Milliseconds until a run counts as hung. */
  readonly patience: number
}

export type Kind = 'text' | 'function' | 'object' | 'list' | 'true' | 'zero' | 'one'

/** Names to put on `Object.prototype`, and what they hold. */
export interface Plant {
  readonly names: readonly string[]
  readonly kind: Kind
}

/** The result of one run in the process. */
export interface Run {
  readonly outcomes: string
  /** How often a planted function was called. */
  readonly called: number
}

// Taken before anything is planted.
const { setTimeout, clearTimeout, setImmediate, process, crypto } = globalThis
const prototype = Object.prototype as Record<string, unknown>
const encode = JSON.stringify

let called = 0
let random = 0
let uncaught: string[] = []

// Nothing is random.
Math.random = () => 0.5
crypto.getRandomValues = (array) => {
  if (array instanceof Uint8Array) for (let at = 0; at < array.length; at += 1) array[at] = random++ & 0xff
  return array
}

for (const event of ['unhandledRejection', 'uncaughtException'] as const)
  process.on(event, (error: unknown) => void uncaught.push(`uncaught ${String(error)}`))

function planted(kind: Kind, evil: string): unknown {
  const values: Record<Kind, unknown> = {
    text: evil,
    function: () => void (called += 1),
    object: { href: evil, origin: evil, 'X-Evil': '1' },
    list: ['evil', 'evil'],
    true: true,
    zero: 0,
    one: 1,
  }
  return values[kind]
}

async function run({ way: name, places, evil, patience }: Order, plant: Plant | null): Promise<Run> {
  const way = ways[name]?.(places)
  if (way === undefined) throw new Error(`There is no way "${name}"`)
  called = random = 0
  uncaught = []
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<string[]>((resolve) => {
    timer = setTimeout(resolve, plant === null ? 240_000 : patience, ['hung'])
  })
  const value = plant && planted(plant.kind, evil)
  for (const name of plant?.names ?? []) prototype[name] = value
  const outcomes = await Promise.race([play(way, places), hung]).catch((error: unknown) => [String(error)])
  for (const name of plant?.names ?? []) delete prototype[name]
  clearTimeout(timer)
  await new Promise((resolve) => setImmediate(resolve))
  return { outcomes: encode([...outcomes, ...uncaught]), called }
}

async function runAll(order: Order): Promise<void> {
  for (const plant of order.plants) {
    const result = await run(order, plant)
    const acknowledged = new Promise((resolve) => process.once('message', resolve))
    process.send?.(result)
    await acknowledged
  }
  process.exit()
}

process.once('message', (order: Order) => void runAll(order))
