import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Plain JavaScript. */
interface Scripts {
  serveSite(folder: string): Promise<{ url: string; close(): Promise<void> }>
  findBrowser(): string | undefined
  programs: { name: string; code: string }[]
}

const load = async <Name extends keyof Scripts>(path: string): Promise<Pick<Scripts, Name>> =>
  import(new URL(path, import.meta.url).href)

const { serveSite } = await load<'serveSite'>('serve.mjs')
const { findBrowser } = await load<'findBrowser'>('../scripts/lib/find-browser.mjs')
const { programs } = await load<'programs'>('.vitepress/theme/programs.js')

let site: Awaited<ReturnType<Scripts['serveSite']>>
let browser: Browser

beforeAll(async () => {
  const executablePath = findBrowser()
  if (executablePath === undefined) throw new Error('no Chromium found: npm run setup -- chromium')
  const folder = new URL('.vitepress/dist', import.meta.url).pathname
  if (!existsSync(`${folder}/404.html`)) throw new Error('the site is not built: npm run docs')
  site = await serveSite(folder)
  browser = await chromium.launch({ executablePath })
})

afterAll(async () => {
  await browser.close()
  await site.close()
})

describe('the playground', () => {
  it.each(programs)(
    'runs "$name", prints what its comments say, and shows what was sent',
    async ({ name, code }) => {
      const page = await open('playground.html')
      await page.locator('.playground select').selectOption(name)
      await page.getByRole('button', { name: 'Run' }).click()
      const documented = Array.from(code.matchAll(/console\.log\(.*\/\/ (.*)$/gm), ([, line = '']) => line)
      await expect.poll(() => page.locator('.printed').innerText()).toBe(documented.join('\n'))
      expect(await page.locator('.sent li').count()).toBeGreaterThan(0)
      await page.context().close()
    },
  )
})

describe.each(['light', 'dark'] as const)('in %s mode', (colorScheme) => {
  it.each([1280, 390])('pages fit a window of %i pixels, without an error', async (width) => {
    for (const path of [
      '',
      'setup.html',
      'migrating.html',
      'benchmarks.html',
      'api/node/classes/Session.html',
    ]) {
      const page = await open(path, { colorScheme, viewport: { width, height: 800 } })
      const size = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
      expect(size[0], path).toBe(size[1])
      await page.context().close()
    }
  })
})

describe('sideBySide', () => {
  it.each([
    [1280, 'beside each other'],
    [390, 'one below the other'],
  ])('shows the programs of each pair, in a window of %i pixels, %s', async (width, how) => {
    const page = await open('migrating.html', { viewport: { width, height: 800 } })
    const pairs = await page.locator('.sides').evaluateAll((all) =>
      all.map((pair) => {
        const [theirs, ours] = Array.from(pair.children, (side) => side.getBoundingClientRect())
        return theirs?.top === ours?.top ? 'beside each other' : 'one below the other'
      }),
    )
    expect(pairs).toEqual(Array.from({ length: 7 }, () => how))
    const names = await page.locator('.side-name').allInnerTexts()
    expect(names.slice(0, 4)).toEqual(['requests', 'session-fetch', 'axios', 'session-fetch'])
    await page.context().close()
  })
})

it('the search finds a page', async () => {
  const page = await open('start.html')
  await page.getByRole('button', { name: 'Search' }).first().click()
  await page.locator('#localsearch-input').fill('FileCookieJar')
  await expect.poll(() => page.locator('.VPLocalSearchBox .result').count()).toBeGreaterThan(0)
  await page.context().close()
})

/** Opens a page in a separate context. An error in the page fails the test. */
async function open(path: string, options?: Parameters<Browser['newContext']>[0]): Promise<Page> {
  const context: BrowserContext = await browser.newContext(options)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  await page.goto(`${site.url}${path}`, { waitUntil: 'load' })
  expect(errors).toEqual([])
  return page
}
