// npm run bench -- browser: session-fetch and its peers in one page of a real Chromium, interleaved in one run.
// Writes docs/benchmarks-browser.md.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { browserReport, callsTable, ownTable } from './browser/report.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const quick = process.argv.includes('--quick')
const SCENARIOS = [
  { name: '100 calls, one after another', concurrency: 1, count: 100 },
  { name: '100 calls at once', concurrency: 100, count: 100 },
]
/** Many short rounds, so that a short disturbance affects only a few of them. */
const OWN = { rounds: quick ? 101 : 401, count: 50 }

const server = fork(at('browser/server.mjs'))
server.send({ script: await pageScript() })
const [port] = await once(server, 'message')
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_BIN ?? 'chromium' })
const page = await browser.newPage()
await page.goto(`http://127.0.0.1:${port}/`)

const results = []
for (const { name, ...plan } of SCENARIOS) {
  const figures = await page.evaluate((given) => globalThis.measureCalls(given), {
    rounds: quick ? 3 : 31,
    ...plan,
  })
  results.push({ name, figures })
  console.log(`\n${name}\n${callsTable(figures)}`)
}
const own = await page.evaluate((given) => globalThis.measureOwn(given), OWN)
console.log(`\nOur own JavaScript, over a stub of fetch\n${ownTable(own)}`)

const version = browser.version()
await browser.close()
server.disconnect()
if (!quick) {
  await writeFile(at('../docs/benchmarks-browser.md'), browserReport({ version, results, own }))
  console.log('\nwritten: docs/benchmarks-browser.md')
}

/** The page's program with all clients in it, built as for production. */
async function pageScript() {
  const { outputFiles } = await build({
    entryPoints: [at('browser/page.mjs')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0].text
}
