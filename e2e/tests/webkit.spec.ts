import { type ExampleApp, startExampleApp } from '../src/example-app.js'
import { expect, test } from '../src/test.js'
import type { WebDriverTab } from '../src/webdriver-tab.js'

// What app.spec.ts and log-in.spec.ts do in the other engines, by WebDriver: Playwright cannot drive WebKitGTK.

test.describe('the example app', () => {
  let app: ExampleApp

  test.beforeAll(async () => {
    app = await startExampleApp()
  })
  test.afterEach(({ webDriverTab: tab }) => tab.forget([app.url]))
  test.afterAll(() => app.close())

  test('rejects a wrong password, and recognizes a member later', async ({ webDriverTab: tab }) => {
    await tab.goto(app.url)
    await showsIn(tab, '#log-in-state', 'The password is “engine”.')
    await logIn(tab, 'wrong')
    await showsIn(tab, '#log-in-state', 'Wrong name or password.')
    await logIn(tab, 'engine')
    await isInside(tab)
    await tab.goto(app.url)
    await isInside(tab)
    await showsIn(tab, '#members', 'Grace Hopper')
    await tab.click('#log-out')
    await showsIn(tab, '#log-in-state', 'The password is “engine”.')
  })

  test('renews an expired token automatically', async ({ webDriverTab: tab }) => {
    await enter(tab, app.url)
    expect(await tokensAskedFor(tab)).toBe(1)
    await tab.click('#expire')
    await showsIn(tab, '#members-state', 'The token has expired.')
    await tab.click('#reload')
    await showsIn(tab, '#members-state', '3 members')
    expect(await tokensAskedFor(tab)).toBe(2)
  })

  test('uploads a file with progress', async ({ webDriverTab: tab }) => {
    await enter(tab, app.url)
    app.cable.hold()
    await tab.click('#send-sample')
    await expect.poll(() => progress(tab)).toBeGreaterThan(0)
    expect(await progress(tab)).toBeLessThan(1)
    app.cable.release()
    await showsIn(tab, '#upload-state', 'The server has all 16000000 bytes.')
    expect(await progress(tab)).toBe(1)
  })

  test('saves a note once the network is back', async ({ webDriverTab: tab }) => {
    await enter(tab, app.url)
    app.cable.cut()
    await tab.fill('#note', 'written on a train')
    await tab.click('#save-note')
    await showsIn(tab, '#note-state', 'No network: it will be saved when you are back online.')
    app.cable.mend()
    await tab.evaluate(() => dispatchEvent(new Event('online')))
    await showsIn(tab, '#note-state', 'Saved: 18 characters')
  })
})

test('a person logs in on a page that loads the self-contained file, with no bundler', async ({
  webDriverTab: tab,
  sites,
}) => {
  const output = expect.poll(() => tab.text('output'))
  await tab.goto(`${sites.https.home.at('app.test')}log-in`)
  await output.toBe("members' page: 403")
  await tab.fill('input[name=name]', 'user')
  await tab.fill('input[name=password]', 'wrong')
  await tab.click('button')
  await output.toBe('no: 403')
  await tab.fill('input[name=password]', 'open sesame')
  await tab.click('button')
  await output.toBe('welcome, member')
})

async function enter(tab: WebDriverTab, url: string): Promise<void> {
  await tab.goto(url)
  await showsIn(tab, '#log-in-state', 'The password is “engine”.')
  await logIn(tab, 'engine')
  await isInside(tab)
}

async function logIn(tab: WebDriverTab, password: string): Promise<void> {
  await tab.fill('#password', password)
  await tab.click('#log-in-button')
}

async function isInside(tab: WebDriverTab): Promise<void> {
  await expect.poll(() => tab.evaluate(() => document.getElementById('inside')?.hidden)).toBe(false)
}

async function showsIn(tab: WebDriverTab, selector: string, text: string): Promise<void> {
  await expect.poll(() => tab.text(selector)).toContain(text)
}

/** How often the session has requested a token since the page was loaded. */
async function tokensAskedFor(tab: WebDriverTab): Promise<number> {
  return (await tab.text('#calls')).split('POST /api/token → 200').length - 1
}

/** How much of the upload was sent, from 0 to 1. */
function progress(tab: WebDriverTab): Promise<number> {
  return tab.evaluate(() => document.querySelector('progress')?.value ?? Number.NaN)
}
