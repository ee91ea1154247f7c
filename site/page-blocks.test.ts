import { readFile } from 'node:fs/promises'
import { format } from 'node:util'
import { type ContractServer, startContractServer } from '@session-fetch/test-support/contract-server'
import { transform } from 'esbuild'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOf, documents, printed } from '../examples/documents.js'

/** Plain JavaScript. */
const { findBrowser } = (await import(new URL('../scripts/lib/find-browser.mjs', import.meta.url).href)) as {
  findBrowser: () => string | undefined
}

const LIBRARY = '/session-fetch.development.js'
const ENTRIES = ['', '/csrf', '/document-cookies', '/explain-cors', '/links', '/xhr']

const html = `<!doctype html><title>A page</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({
  imports: Object.fromEntries(ENTRIES.map((entry) => [`session-fetch${entry}`, LIBRARY])),
})}</script>`

let browser: Browser
let server: ContractServer

beforeAll(async () => {
  const executablePath = findBrowser()
  if (executablePath === undefined) throw new Error('no Chromium found: npm run setup -- chromium')
  browser = await chromium.launch({ executablePath })
  const library = new URL(`../packages/session-fetch/dist${LIBRARY}`, import.meta.url)
  server = await startContractServer({
    pages: {
      '/page': { type: 'text/html; charset=utf-8', body: html },
      [LIBRARY]: { type: 'text/javascript; charset=utf-8', body: await readFile(library) },
    },
  })
})

afterAll(async () => {
  await browser.close()
  await server.close()
})

const inPage = documents.map(
  (document) => [document, blocksOf(document).filter(({ runsIn }) => runsIn === 'page')] as const,
)

describe.each(inPage.filter(([, blocks]) => blocks.length > 0))('%s', (_document, blocks) => {
  it.each(blocks)('block $index prints in a page what it says', async ({ code }) => {
    const given = code
      .replaceAll('https://shop.example/', server.url)
      .replaceAll('https://other.example/', `http://localhost:${server.port}/`)
    expect(await printedBy(given)).toEqual(printed(given))
  })
})

/** Runs a block as a module of a page, in a separate context. */
async function printedBy(code: string): Promise<string[]> {
  const { code: script } = await transform(code, { loader: 'ts' })
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${server.url}page`)
  const lines = await page.evaluate<unknown[][]>(running(script))
  await context.close()
  return lines.map((values) => format(...values))
}

/** A program as text, since a tool would rewrite its import: it imports a script, and gives what the script logged. */
function running(script: string): string {
  const url = `URL.createObjectURL(new Blob([${JSON.stringify(script)}], { type: 'text/javascript' }))`
  return `(async (lines) => {
    console.log = (...values) => void lines.push(values)
    await import(${url})
    return lines
  })([])`
}
