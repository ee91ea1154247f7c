// npm run api: builds the packages if a source is newer, and writes docs/api.md: every public name with its signature, from the
// types that are built. Fails if a platform lacks a name.
// node scripts/api.mjs --check: builds and writes nothing, and fails also if docs/api.md is outdated.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPackages } from './lib/build-packages.mjs'
import { publicEntries } from './lib/public-entries.mjs'
import { root, run } from './lib/run.mjs'
import { readExports, signatureOf } from './lib/signatures.mjs'

const doc = join(root, 'docs/api.md')
/** Entries, and those that have all of their names. */
const wholes = {
  '@session-fetch/core': ['@session-fetch/browser', '@session-fetch/node', '@session-fetch/portable'],
  '@session-fetch/cookies': ['@session-fetch/node', '@session-fetch/portable'],
  '@session-fetch/browser': ['session-fetch/browser'],
  '@session-fetch/node': ['session-fetch/node'],
  '@session-fetch/portable': ['session-fetch/portable'],
}

const isCheck = process.argv.includes('--check')
if (!isCheck) build()
const entries = publicEntries()
const exported = readExports(entries.map(({ types }) => types))
const blocks = formatted([...exported.values()].flatMap(({ own, unexported }) => [own, unexported]))
const text = markdown()

if (!isCheck) writeFileSync(doc, text)
const faults = [...missing(), ...difference()]
for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0

function build() {
  try {
    buildPackages()
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}

function markdown() {
  return `# The public API

Every name that can be imported, as TypeScript declares it, with the first sentence of its documentation. \`npm run api\`
writes this file, and \`npm run check\` fails where a change of the API is not in it. What \`@session-fetch/core/adapter\`
exports is for adapters of platforms ([decision 29](decisions/029-public-names.md)).

${entries.map(section).join('\n')}`
}

function section({ names, types }) {
  const { own, others, unexported } = exported.get(types)
  return [
    `## ${names.join(', ')}\n`,
    ...(own.length > 0 ? [block(own)] : []),
    ...(unexported.length > 0 ? ['Named by these, and not exported:\n', block(unexported)] : []),
    ...(others.length > 0 ? [`Exported from above: ${listed(others)}\n`] : []),
  ].join('\n')
}

function block(names) {
  return `\`\`\`ts\n${blocks.get(names)}\n\`\`\`\n`
}

/** Names in lines of about 110 characters. */
function listed(names) {
  const list = names.map((name) => `\`${name}\``).join(', ')
  return list.replace(/.{90,110}, /g, (line) => `${line.trimEnd()}\n`)
}

/** The signatures of each list of names, as the formatter writes them: all at once, for it takes a while to start. */
function formatted(lists) {
  const mark = '\n// end of list\n'
  const input = lists.map((names) => names.map(signatureOf).join('\n\n')).join(mark)
  const biome = join(root, 'node_modules/.bin/biome')
  const { ok, output } = run(biome, ['format', '--stdin-file-path=api.d.ts'], { input })
  if (!ok) throw new Error(output)
  const codes = output.split(mark).map((code) => code.trim())
  return new Map(lists.map((names, index) => [names, codes[index]]))
}

/** A line for each missing name of an entry that must have all names of another. */
function missing() {
  return Object.entries(wholes).flatMap(([whole, holders]) =>
    holders.flatMap((holder) => {
      const there = new Set(namesOf(holder))
      const lost = namesOf(whole).filter((name) => !there.has(name))
      return lost.map((name) => `${holder} does not export ${name}, which ${whole} has`)
    }),
  )
}

/** @param {string} entry as it is imported */
function namesOf(entry) {
  const { types } = entries.find(({ names }) => names.includes(`\`${entry}\``))
  const { own, others } = exported.get(types)
  return [...own.map(({ name }) => name), ...others]
}

/** The current and the expected content of docs/api.md. */
function difference() {
  if (readFileSync(doc, 'utf8') === text) return []
  const folder = mkdtempSync(join(tmpdir(), 'api-'))
  try {
    const built = join(folder, 'api.md')
    writeFileSync(built, text)
    const { output } = run('git', ['diff', '--no-index', '--no-color', '--unified=2', doc, built])
    return [output, 'docs/api.md is not the API that is built; to write it anew: npm run api']
  } finally {
    rmSync(folder, { recursive: true })
  }
}
