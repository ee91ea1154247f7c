// Run by bench/node.mjs: every scenario, all clients taking turns.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chart } from './chart.mjs'
import { interleaved } from './measure.mjs'
import { PEERS } from './peers.mjs'
import { pythonRequests } from './python-requests.mjs'
import { report, table } from './report.mjs'
import { SCENARIOS } from './scenarios.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const quick = process.argv.includes('--quick')
const BASE = 'undici.request'
const ROUNDS = quick ? { rounds: 1, seconds: 0.02 } : { rounds: 5, seconds: 0.4 }
const CHARTED = 'http: small JSON, 32 at a time'
const { BENCH_CERT, BENCH_KEY } = process.env
const tls = { cert: readFileSync(BENCH_CERT, 'utf8'), key: readFileSync(BENCH_KEY, 'utf8') }

const results = []
for (const [protocol, scenarios] of Object.entries(SCENARIOS)) {
  const server = fork(at('server.mjs'))
  server.send(protocol === 'https' ? { tls } : {})
  const [port] = await once(server, 'message')
  const base = `${protocol}://127.0.0.1:${port}/`
  const clients = await startClients(base)
  for (const scenario of scenarios) results.push(await compare(scenario, clients))
  for (const { close } of Object.values(clients)) close()
  server.disconnect()
}

const charted = results.find(({ name }) => name === CHARTED)
writeFileSync(at('../../docs/benchmarks.svg'), chart(charted))
writeFileSync(at('../../docs/benchmarks.md'), report(results, { base: BASE, quick, ...ROUNDS }))
console.log('\nwritten: docs/benchmarks.md, docs/benchmarks.svg')

/** By name, a process that runs rounds, and has run so many calls that its code is as fast as it will be. */
async function startClients(base) {
  const clients = {}
  for (const name of Object.keys(PEERS)) clients[name] = await startClient(name, base)
  const python = pythonRequests(base, BENCH_CERT)
  if (python) clients['Python requests'] = python
  const plan = { path: 'json', concurrency: 32, seconds: quick ? 0.02 : 2 }
  for (const client of Object.values(clients)) await client.round(plan)
  return clients
}

async function startClient(name, base) {
  const client = fork(at('client.mjs'), [name, base])
  // Without its answer there is nothing to compare.
  client.on('exit', (code) => code && process.exit(code))
  await once(client, 'message')
  return {
    async round(plan) {
      client.send(plan)
      const [figures] = await once(client, 'message')
      return figures
    },
    close: () => client.disconnect(),
  }
}

async function compare({ name, ...scenario }, clients) {
  const { sends } = scenario
  const plan = { ...scenario, ...ROUNDS }
  const able = Object.entries(clients).filter(([, { cannotSend }]) => sends === undefined || !cannotSend)
  const figures = await interleaved(
    Object.fromEntries(able.map(([client, { round }]) => [client, round])),
    BASE,
    plan,
  )
  console.log(`\n${name}\n${table(figures)}`)
  return { name, figures }
}
