// node scripts/check-messages.mjs: each message that the packages give to an error stands in a table of a test, with what
// causes it. A message is read from the source: literals, templates, conditions, constants, and through the functions
// that make errors, with the arguments of each of their calls. What only the run knows may be any text.
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from '@typescript/typescript6'
import { ANY, each, messagesIn } from './lib/messages.mjs'
import { root } from './lib/run.mjs'
import { packageFolders } from './lib/workspace.mjs'

/** The tests with a table: their texts are the rows. */
const TABLE = /[/\\]messages(?:[/\\][\w-]+)?\.test\.ts$/

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const missing = faultsOf(packageFolders().flatMap(filesIn))
  for (const fault of missing) console.error(fault)
  process.exitCode = missing.length > 0 ? 1 : 0
}

/**
 * A line for each message that no table has.
 *
 * @param {string[]} files sources and tests
 */
export function faultsOf(files) {
  const rows = files.filter((file) => TABLE.test(file)).flatMap(rowsOf)
  const sources = files.filter((file) => file.includes('/src/') && !file.endsWith('.test.ts'))
  return messagesIn(sources)
    .filter(({ text }) => !rows.some((row) => isMessage(row, text)))
    .map(({ text, at }) => `${relative(root, at)}: no table of a test has "${shown(text)}"`)
}

/** Whether a row is this message, with the request that an error adds to it. */
function isMessage(row, text) {
  const pattern = text.split(ANY).map(escaped).join('[^]*')
  return new RegExp(`^${pattern}(?:: [A-Z]+ \\S+)?$`).test(row)
}

/** The texts in a test. */
function rowsOf(file) {
  const rows = []
  each(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true), (node) => {
    if (ts.isStringLiteralLike(node)) rows.push(node.text)
    if (ts.isTemplateExpression(node)) {
      rows.push(node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join(''))
    }
  })
  return rows
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\/(?:node_modules|lib|dist)\//.test(file))
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function shown(text) {
  return text.replaceAll(ANY, '…')
}
