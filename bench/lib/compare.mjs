// Run by bench/node.mjs: every scenario, all clients taking turns.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chart } from './chart.mjs'
import { interleaved } from './measure.mjs'
import { peers } from './peers.mjs'
import { pythonRequests } from './python-requests.mjs'
import { report, table } from './report.mjs'
import { SCENARIOS } from './scenarios.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const quick = process.argv.includes('--quick')
const BASE = 'undici.request'
const CHARTED = 'http: small JSON, 32 at a time'
const { BENCH_CERT, BENCH_KEY } = process.env
const tls = { cert: readFileSync(BENCH_CERT, 'utf8'), key: readFileSync(BENCH_KEY, 'utf8') }

const results = []
for (const [protocol, scenarios] of Object.entries(SCENARIOS)) {
  const server = fork(at('server.mjs'))
  server.send(protocol === 'https' ? { tls } : {})
  const [port] = await once(server, 'message')
  const base = `${protocol}://127.0.0.1:${port}/`
  const python = pythonRequests(base, BENCH_CERT)
  const clients = await peers(base)
  for (const scenario of scenarios) results.push(await compare(scenario, clients, python))
  python?.close()
  server.disconnect()
}

const charted = results.find(({ name }) => name === CHARTED)
writeFileSync(at('../../docs/benchmarks.svg'), chart(charted))
writeFileSync(at('../../docs/benchmarks.md'), report(results, { base: BASE, quick }))
console.log('\nwritten: docs/benchmarks.md, docs/benchmarks.svg')
process.exit()

async function compare({ name, path, body, concurrency, count }, clients, python) {
  const plan = { rounds: quick ? 1 : 5, count: quick ? Math.ceil(count / 10) : count, concurrency }
  const calls = Object.fromEntries(
    Object.entries(clients).map(([client, call]) => [client, { call: () => call(path, body) }]),
  )
  if (python && !body) calls['Python requests'] = { round: (plan) => python.round({ ...plan, path }) }
  const figures = await interleaved(calls, BASE, plan)
  console.log(`\n${name}\n${table(figures)}`)
  return { name, figures }
}
