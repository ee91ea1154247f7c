// npm run bench: session-fetch and its peers in Node, interleaved in one run. Writes docs/benchmarks.md and .svg.
// What else it takes is in lib/options.mjs.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeCertificate } from './lib/certificate.mjs'

const folder = mkdtempSync(join(tmpdir(), 'session-fetch-bench-'))
const { cert, key } = makeCertificate(folder)
// Node's own fetch reads the trusted certificates when a process starts.
const env = {
  ...process.env,
  BENCH_CERT: cert,
  BENCH_KEY: key,
  NODE_EXTRA_CA_CERTS: cert,
  NO_PROXY: '*',
  no_proxy: '*',
}
const program = fileURLToPath(new URL('lib/compare.mjs', import.meta.url))
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit', env })
rmSync(folder, { recursive: true })
process.exitCode = status ?? 1
