// Run by bench/node.mjs: every scenario, all clients taking turns.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chart } from './chart.mjs'
import { startClients } from './clients.mjs'
import { summaries, takeTurns } from './measure.mjs'
import { BASE, readOptions } from './options.mjs'
import { report, table } from './report.mjs'
import { sectionOf } from './section.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const CHARTED = 'http: small JSON, 32 at a time'
const { BENCH_CERT, BENCH_KEY } = process.env
const tls = { cert: readFileSync(BENCH_CERT, 'utf8'), key: readFileSync(BENCH_KEY, 'utf8') }
const { names, plan, quick, scenarios, isWhole } = readOptions()

const results = []
for (const [protocol, chosen] of Object.entries(scenarios)) {
  const server = fork(at('server.mjs'))
  server.send(protocol === 'https' ? { tls } : {})
  const [port] = await once(server, 'message')
  for (const { name, taken } of await measure(chosen, `${protocol}://127.0.0.1:${port}/`)) {
    const figures = summaries(taken, BASE)
    console.log(`\n${name}\n${table(figures)}`)
    results.push({ name, figures, taken })
  }
  server.disconnect()
}

if (isWhole) {
  writeFileSync(at('../../docs/benchmarks.svg'), chart(results.find(({ name }) => name === CHARTED)))
  const page = at('../../docs/benchmarks.md')
  const kept = sectionOf(readFileSync(page, 'utf8'))
  writeFileSync(page, `${report(results, { base: BASE, quick, ...plan })}${kept && `\n${kept}`}`)
  console.log('\nwritten: docs/benchmarks.md, docs/benchmarks.svg')
}

/**
 * All rounds of these scenarios. Each cast of clients is started anew: how a process happens to lie in memory, and
 * what its compiler happened to see first, makes it faster or slower for as long as it lives.
 */
async function measure(chosen, base) {
  const taken = chosen.map(({ name }) => ({ name, taken: {} }))
  for (let cast = 0; cast < plan.casts; cast += 1) {
    const clients = await startClients(names, base, { warmUp: plan.seconds * 5, certificate: BENCH_CERT })
    for (const [index, scenario] of chosen.entries()) {
      const able = Object.entries(clients).filter(([, client]) => !(scenario.sends && client.cannotSend))
      const rounds = Object.fromEntries(able.map(([client, { round }]) => [client, round]))
      const turns = await takeTurns(rounds, { ...plan, ...scenario })
      for (const [client, own] of Object.entries(turns)) (taken[index].taken[client] ??= []).push(...own)
    }
    for (const { close } of Object.values(clients)) close()
  }
  return taken
}
