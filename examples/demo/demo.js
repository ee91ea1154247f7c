import { spawn } from 'node:child_process'
import { startSite } from './site.js'
import { tellStory } from './story.js'

/**
 * Tells the story in Node, then in a headless browser, and prints both.
 *
 * @param {{ browser: string | undefined, missing: string[] }} tools the browser's path, and what to say where
 *   there is none
 * @returns {Promise<boolean>} whether every printed step is true
 */
export async function runDemo({ browser, missing }) {
  const site = await startSite()
  try {
    const inNode = await tellInNode(site)
    if (browser) return (await tellInBrowser(site, browser)) && inNode
    console.log(`\nThe browser's half of the story is left out: ${missing.join('; ')}`)
    return inNode
  } finally {
    await site.close()
  }
}

/** Serves the page with its live log until the process is interrupted. */
export async function openDemo() {
  const site = await startSite()
  console.log(`The demo page is at ${site.url} (Ctrl-C to stop)`)
  openInBrowser(site.url)
  await new Promise((stopped) => process.once('SIGINT', stopped).once('SIGTERM', stopped))
  await site.close()
}

async function tellInNode(site) {
  console.log(`\nIn Node ${process.versions.node}`)
  return await tellStory({ site: site.url, where: 'Node', say: print })
}

/** Loads the page, which runs the steps, and prints their output. */
async function tellInBrowser(site, executablePath) {
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({ executablePath })
  try {
    console.log(`\nIn headless Chromium ${browser.version()}`)
    const page = await browser.newPage()
    await page.goto(site.url)
    const told = await page.evaluate(() => globalThis.story)
    for (const step of told) print(step)
    return told.length > 0 && told.every((step) => step.holds)
  } finally {
    await browser.close()
  }
}

function print({ title, saw, holds }) {
  console.log(`  ${holds ? '✓' : '✗'} ${title}\n${saw.replace(/^/gm, '      ')}`)
}

/** Opens the page in the desktop's browser. Without a desktop, the printed address is enough. */
function openInBrowser(url) {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open'
  const child = spawn(program, [url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
