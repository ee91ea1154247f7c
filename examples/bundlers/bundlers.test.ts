import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startContractServer } from '@session-fetch/test-support/contract-server'
import { type Browser, type Page, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildFor, buildWith } from './build-with.js'

const run = promisify(execFile)
const forNodeOnly = /\bnode:|undici|tough-cookie|cross-fetch/
let folder: string
let browser: Browser
let page: Page

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundlers-'))
  browser = await chromium.launch({ executablePath: await browserPath() })
  page = await browser.newPage()
}, 180_000)

afterAll(async () => {
  await browser.close()
  await rm(folder, { recursive: true })
})

describe.each(Object.entries(buildWith))('%s', { timeout: 180_000 }, (name, build) => {
  it('gives a server the session that sees redirects and keeps cookies', async () => {
    const file = await build('server', join(folder, name))
    expect(await readFile(file, 'utf8')).toMatch(forNodeOnly)
    expect(await printedBy(file)).toEqual({ cookies: { sid: '123' }, app: 'demo', hops: 1 })
  })

  it('gives a page the session that leaves both to the browser', async () => {
    const script = await readFile(await build('client', join(folder, name)), 'utf8')
    expect(script).not.toMatch(forNodeOnly)
    expect(await shownBy(script)).toEqual({ cookies: { sid: '123' }, app: 'demo', hops: 0 })
  })
})

/** The conditions of what is neither Node nor a page. */
const others = {
  'a Worker, as wrangler bundles it': ['workerd', 'worker', 'browser'],
  'an edge runtime': ['edge-light', 'worker'],
  'any other server': [],
}

describe.each(Object.entries(buildFor))('%s', { timeout: 180_000 }, (name, build) => {
  it.each(Object.entries(others))(
    'gives %s the session that needs only a fetch',
    async (_who, conditions) => {
      const file = await build(conditions, join(folder, `${name} ${conditions.join()}`))
      const code = await readFile(file, 'utf8')
      expect(code).not.toMatch(/\bnode:|undici|cross-fetch/)
      expect(await printedBy(file)).toEqual({ cookies: { sid: '123' }, app: 'demo', hops: 1 })
    },
  )
})

describe('agent: a bundle for a server', { timeout: 60_000 }, () => {
  const bundlers = Object.keys(buildWith)
  const refused = 'esbuild as ES modules'

  it.each(bundlers.filter((name) => name !== refused))('of %s supports an agent', async (name) => {
    const file = await buildWith[name]?.('server', join(folder, name), 'agent')
    expect(await printedBy(file)).toEqual({ status: 200 })
  })

  it('that cannot load cross-fetch reports it if an agent needs it', async () => {
    const file = await buildWith[refused]?.('server', join(folder, refused), 'agent')
    expect(await printedBy(file)).toEqual({
      name: 'UnsupportedError',
      message: expect.stringMatching(/^agent: .*--external:cross-fetch/),
    })
  })
})

describe('agent: a server that is not bundled', () => {
  it('loads cross-fetch and its dependencies only for an agent', async () => {
    const brought = ['cross-fetch', 'node-fetch', 'whatwg-url', 'tr46', 'webidl-conversions']
    const printed = await printedBy(fileURLToPath(new URL('project/loaded.js', import.meta.url)))
    const { alone, withAgent } = printed as Record<string, string[]>
    expect(alone?.filter((name) => brought.includes(name))).toEqual([])
    expect(withAgent).toEqual(expect.arrayContaining(brought))
  })
})

/** The browser that the project's other commands find. */
async function browserPath(): Promise<string> {
  const script = new URL('../../scripts/lib/find-browser.mjs', import.meta.url)
  const { findBrowser } = (await import(script.href)) as { findBrowser: () => string | undefined } // plain JavaScript
  const path = findBrowser()
  if (path === undefined) throw new Error('no Chromium found: npm run setup -- chromium')
  return path
}

/** What a program prints that is given the address of a site. */
async function printedBy(file: string | undefined): Promise<unknown> {
  if (file === undefined) throw new Error('nothing was built')
  const site = await startContractServer()
  try {
    const { stdout } = await run(process.execPath, [file, site.url])
    return JSON.parse(stdout)
  } finally {
    await site.close()
  }
}

/** What the page of a site shows once the script has run in a browser without cookies. */
async function shownBy(script: string): Promise<unknown> {
  const html = '<!doctype html><body></body><script type="module" src="/client.js"></script>'
  const pages = {
    '/': { type: 'text/html', body: html },
    '/client.js': { type: 'text/javascript', body: script },
  }
  const site = await startContractServer({ pages })
  try {
    await page.context().clearCookies()
    await page.goto(site.url)
    await page.waitForFunction(() => document.body.textContent !== '')
    return JSON.parse(await page.innerText('body'))
  } finally {
    await site.close()
  }
}
