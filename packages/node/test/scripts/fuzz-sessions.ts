// Rounds of random calls over one transport: node fuzz-sessions <transport>, with FUZZ_SECONDS and FUZZ_SEED. It
// prints what was wrong, with the seed of the round, and ends by itself if nothing is left over.
import { Agent as HttpAgent } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { type NodeSessionOptions, Session } from '@session-fetch/node'
import { Agent } from 'undici'
import { createAuthority } from '@session-fetch/test-support/certificates'
import { Caller } from '../fuzz/caller.js'
import { type CallPlan, type RoundPlan, roundPlan } from '../fuzz/plan.js'
import { budgetFrom, seeds } from '../fuzz/seeds.js'
import { startFuzzServer } from '../fuzz/server.js'
import { Random } from '../wire/random.js'

/** How long a round may take, in milliseconds, until what has not ended counts as hung. */
const HUNG = 60_000
const HELD = ['Timeout', 'Immediate', 'TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'ConnectWrap']

/** undici 7.30 ends the process if a connection ends while a body is paused, which shorter ones never are. */
const UNPAUSED = 60_000

interface Connections {
  readonly options: NodeSessionOptions
  readonly close: () => unknown
  /** Of the server. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

const TRANSPORTS: Record<string, (connections: number) => Connections> = {
  sockets: (connections) => ({ options: { connections }, close: () => {} }),
  TLS: (connections) => ({ options: { connections, tls: { ca } }, close: () => {}, tls }),
  'http.Agent': (maxSockets) => {
    const agent = new HttpAgent({ keepAlive: true, maxSockets })
    return { options: { agent }, close: () => agent.destroy() }
  },
  dispatcher: (connections) => {
    const agent = new Agent({ connections })
    return { options: { agent }, close: () => agent.destroy() }
  },
}

const [, , transport = 'sockets'] = process.argv
const { ca, tls } = transport === 'TLS' ? await certificates() : { ca: '', tls: { key: '', cert: '' } }
const open = TRANSPORTS[transport]
if (open === undefined) throw new Error(`There is no transport ${transport}`)
let rejected: unknown[] = []
process.on('unhandledRejection', (reason) => rejected.push(reason))

let rounds = 0
for (const seed of seeds(budgetFrom(process.env), 10)) {
  const limit = transport === 'dispatcher' ? UNPAUSED : Infinity
  const wrong = await round(seed, roundPlan(new Random(seed), limit), open)
  rounds += 1
  if (wrong.length === 0) continue
  console.log(`npm run fuzz -- --seed ${seed}, over ${transport}:\n${wrong.join('\n')}`)
  process.exitCode = 1
  break
}
console.log(`${rounds} rounds`)

/** @returns what was wrong */
async function round(
  seed: number,
  plan: RoundPlan,
  openTo: (limit: number) => Connections,
): Promise<string[]> {
  const running = new Set<CallPlan>()
  const watch = setTimeout(() => {
    console.log(`npm run fuzz -- --seed ${seed}, over ${transport} hangs: ${JSON.stringify([...running])}`)
    process.exit(1)
  }, HUNG)
  const { options, close, tls } = openTo(plan.connections)
  const server = await startFuzzServer(plan, tls)
  const session = new Session({ trustEnv: false, ...options })
  const wrong: (string | null)[] = []
  const left = [...plan.calls]
  const work = async (): Promise<void> => {
    for (let call = left.shift(); call !== undefined; call = left.shift()) {
      running.add(call)
      wrong.push(await new Caller(call, transport !== 'dispatcher').run(session, server.url, server.asked))
      running.delete(call)
    }
  }
  await Promise.all(Array.from({ length: plan.concurrency }, work))
  await server.idle()
  await session.close()
  await close()
  await server.whenOpen(0)
  await server.close()
  clearTimeout(watch)
  const leftOver = await leftOvers()
  const reasons = rejected.map((reason) => `an unhandled rejection: ${String(reason)}`)
  rejected = []
  return [
    ...wrong.filter((one) => one !== null),
    ...server.complaints,
    ...reasons,
    ...leftOver.map((name) => `left over: ${name}`),
  ]
}

async function certificates(): Promise<{ ca: string; tls: { key: string; cert: string } }> {
  const authority = await createAuthority()
  const { key, cert } = await authority.issue(['IP:127.0.0.1'])
  await authority.close()
  return { ca: authority.ca, tls: { key, cert } }
}

/** What still holds the process when a second has passed, which is longer than any pause between two steps. */
async function leftOvers(): Promise<string[]> {
  let held: string[] = []
  for (let look = 0; look < 100; look += 1) {
    held = process.getActiveResourcesInfo().filter((name) => HELD.includes(name))
    if (held.length === 0) break
    await delay(10)
  }
  return held
}
