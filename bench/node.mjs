// npm run bench: session-fetch and its peers in Node, interleaved in one run. Writes docs/benchmarks.md.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { chart } from './lib/chart.mjs'
import { interleaved } from './lib/measure.mjs'
import { peers } from './lib/peers.mjs'
import { report, table } from './lib/report.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const quick = process.argv.includes('--quick')
const BASE = 'undici.request'

const SCENARIOS = [
  { name: 'small JSON, 1 at a time', path: 'json', concurrency: 1, count: 1500 },
  { name: 'small JSON, 32 at a time', path: 'json', concurrency: 32, count: 3000 },
  { name: 'small JSON, 256 at a time', path: 'json', concurrency: 256, count: 3000 },
  { name: 'small JSON that sets a changed cookie, 32 at a time', path: 'set', concurrency: 32, count: 3000 },
  { name: '100 KB text, 32 at a time', path: '100k', concurrency: 32, count: 800 },
  { name: '10 MB text, 1 at a time', path: '10m', concurrency: 1, count: 12 },
]

const server = fork(at('lib/server.mjs'))
server.send({})
const [port] = await once(server, 'message')
const calls = await peers(`http://127.0.0.1:${port}/`)
const results = []
for (const { name, path, concurrency, count } of SCENARIOS) {
  const plan = { rounds: quick ? 3 : 7, count: quick ? Math.ceil(count / 3) : count, concurrency }
  const ofPath = Object.fromEntries(Object.entries(calls).map(([peer, call]) => [peer, () => call(path)]))
  const figures = await interleaved(ofPath, BASE, plan)
  results.push({ name, figures })
  console.log(`\n${name}\n${table(figures)}`)
}
server.disconnect()
if (!quick) {
  await writeFile(at('../docs/benchmarks.svg'), chart(results[1]))
  await writeFile(at('../docs/benchmarks.md'), report(results, BASE))
  console.log('\nwritten: docs/benchmarks.md, docs/benchmarks.svg')
}
process.exit()
