// node bench/processes.mjs [--runs 9] [--calls 40000] [--before 4000] [--write]: processor time of whole processes that
// make so many calls, after some that do not count. The processes of a comparison take turns, and a ratio is that of two
// which ran one after the other. With --write the tables go to docs/benchmarks.md.
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { makeCertificate } from './lib/certificate.mjs'
import { median } from './lib/measure.mjs'
import { markdown } from './lib/report.mjs'
import { replaceSection } from './lib/section.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '9' },
    calls: { type: 'string', default: '40000' },
    before: { type: 'string', default: '4000' },
    write: { type: 'boolean', default: false },
  },
})

/** The comparisons: ratios are relative to the first client. */
const HTTP = ['undici.Agent.request', 'undici.request(url)', 'session-fetch', 'session-fetch over undici']
const COMPARISONS = [
  { name: 'http, 1 at a time', clients: HTTP, concurrency: 1 },
  { name: 'http, 32 at a time', clients: HTTP, concurrency: 32 },
  { name: 'http, 256 at a time', clients: HTTP, concurrency: 256 },
  {
    name: 'HTTP/2, 32 at a time on one connection',
    clients: ['undici.Agent.request, HTTP/2', 'session-fetch, HTTP/2'],
    concurrency: 32,
    http2: true,
  },
]

const folder = mkdtempSync(join(tmpdir(), 'session-fetch-bench-'))
try {
  const { cert, key } = makeCertificate(folder)
  const tables = []
  for (const comparison of COMPARISONS) tables.push(await compare(comparison, { cert, key }))
  console.log(tables.join('\n'))
  if (values.write) write(tables)
} finally {
  rmSync(folder, { recursive: true })
}

/** A table of one comparison. */
async function compare({ name, clients, concurrency, http2 = false }, { cert, key }) {
  const server = fork(at('lib/server.mjs'))
  server.send(
    http2 ? { http2, tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } } : {},
  )
  const [port] = await once(server, 'message')
  const base = `${http2 ? 'https' : 'http'}://127.0.0.1:${port}/`
  const taken = Object.fromEntries(clients.map((client) => [client, []]))
  for (let turn = 0; turn < Number(values.runs); turn += 1)
    for (const client of clients) taken[client].push(await run([client, base, String(concurrency)], cert))
  server.disconnect()
  const [first] = clients
  const rows = clients.map((client) => [
    client,
    median(taken[client]).toFixed(1),
    median(taken[client].map((cpu, turn) => cpu / taken[first][turn])).toFixed(2),
  ])
  return `### ${name}\n\n${markdown([['client', 'CPU µs a call', '× CPU'], ...rows])}\n`
}

/** Runs one process until it exits. */
async function run(args, certificate) {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate, NO_PROXY: '*', no_proxy: '*' }
  const program = [at('lib/whole-clients.mjs'), ...args, values.calls, values.before]
  const { stdout } = await promisify(execFile)(process.execPath, program, { env })
  return Number(stdout)
}

function write(tables) {
  const file = at('../docs/benchmarks.md')
  const text = `Node ${process.version}, ${cpus().length} cores. Each figure is the median of ${values.runs} processes that took turns: processor time of ${Number(values.calls).toLocaleString('en')} calls for small JSON, after
${Number(values.before).toLocaleString('en')} that do not count. \`undici.Agent.request\` is given \`{ origin, path }\`, so that it parses no URL. \`session-fetch\` has a jar with a cookie, two default headers, a
default param and a request hook; undici sends the same bytes. \`node bench/processes.mjs\` measures this alone.

${tables.join('\n')}`
  writeFileSync(file, replaceSection(readFileSync(file, 'utf8'), text))
}
