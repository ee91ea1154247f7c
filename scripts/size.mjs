// node scripts/size.mjs: bundle sizes of session-fetch and ky. Fails if a budget is exceeded.
// node scripts/size.mjs --modules [number] [development]: what each module adds to the bundle of a program with a
// budget, counted from 0. Default: that of a session which gets JSON.
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { root } from './lib/run.mjs'
import { bundlers, minify } from './lib/size-bundlers.mjs'
import { modulesOf } from './lib/size-modules.mjs'
import { budgets, programs } from './lib/size-programs.mjs'

const umbrella = `${root}packages/session-fetch/`
/** Entries that a page cannot use. */
const forNode = ['./node', './portable', './netrc', './package.json']

process.exitCode = process.argv.includes('--modules') ? await listModules() : await weigh()

async function weigh() {
  const rows = []
  for (const program of programs(pageEntries())) {
    for (const [bundler, bundle] of Object.entries(bundlers)) {
      const { name, code, build = 'default' } = program
      const row = { ...program, name: build === 'default' ? name : `${name} (${build})`, bundler }
      rows.push({ ...row, ...sizes(await bundle(code, build)) })
    }
  }
  rows.push(...(await selfContained()))
  for (const line of table(rows)) console.log(line)
  return rows.every(isWithin) ? 0 : 1
}

/** The umbrella's subpaths with a build of their own for pages. */
function pageEntries() {
  const { exports } = JSON.parse(readFileSync(`${umbrella}package.json`, 'utf8'))
  const paths = Object.keys(exports).filter((path) => path.startsWith('./') && !forNode.includes(path))
  return paths.filter((path) => !path.endsWith('.js')).map((path) => `session-fetch${path.slice(1)}`)
}

/** The file that a page imports without a bundler, as it is published and as minified. */
async function selfContained() {
  const file = `${umbrella}dist/session-fetch.js`
  if (!existsSync(file)) throw new Error('the packages are not built: npm run build')
  const code = readFileSync(file, 'utf8')
  const name = 'session-fetch.js, one file'
  return [
    { name, bundler: 'as it is', ...sizes(code) },
    { name, bundler: 'minified', ...sizes(await minify(code)) },
  ]
}

function sizes(code) {
  return { bytes: Buffer.byteLength(code), gzipped: gzipSync(code, { level: 9 }).length }
}

function isWithin({ gzipped, limit = Number.POSITIVE_INFINITY }) {
  return gzipped <= limit
}

function table(rows) {
  const lines = rows.map(({ name, bundler, bytes, gzipped, limit, goal }) => [
    name,
    bundler,
    inKB(bytes),
    inKB(gzipped),
    limit === undefined ? '' : `${gzipped <= limit ? '✓' : '✗'} of ${inKB(limit)} (goal ${inKB(goal)})`,
  ])
  const heads = ['', 'bundler', 'min', 'min+gzip', 'budget']
  const widths = heads.map((_, column) => Math.max(...[heads, ...lines].map((line) => line[column].length)))
  return ['KB of 1000 bytes; gzip -9', '', ...[heads, ...lines].map((line) => inColumns(line, widths))]
}

function inColumns(line, widths) {
  return line
    .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
    .join('  ')
    .trimEnd()
}

function inKB(bytes) {
  return (bytes / 1000).toFixed(2)
}

async function listModules() {
  const { code } = budgets[Number(process.argv.find((word) => /^\d$/.test(word)) ?? 0)]
  const build = process.argv.includes('development') ? 'development' : 'default'
  const { text, modules } = await modulesOf(code, build)
  for (const { file, bytes } of modules.filter((module) => module.bytes > 0)) {
    console.log(`${String(bytes).padStart(6)}  ${file}`)
  }
  const { bytes, gzipped } = sizes(text)
  console.log(`${String(bytes).padStart(6)}  in all; ${gzipped} with gzip -9`)
  return 0
}
