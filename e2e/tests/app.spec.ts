import type { Page } from '@playwright/test'
import { type ExampleApp, startExampleApp } from '../src/example-app.js'
import { expect, test } from '../src/test.js'

test.use({ trace: 'retain-on-failure' })

test.describe('the example app', () => {
  let app: ExampleApp

  test.beforeAll(async () => {
    app = await startExampleApp()
  })
  test.afterAll(() => app.close())

  test('rejects a wrong password, and recognizes a member later', async ({ page }) => {
    await page.goto(app.url)
    await expect(page.getByText('The password is “engine”.')).toBeVisible()
    await logIn(page, 'wrong')
    await expect(page.getByText('Wrong name or password.')).toBeVisible()
    await logIn(page, 'engine')
    await expect(page.getByText('Grace Hopper')).toBeVisible()
    await page.goto(app.url)
    await expect(page.getByText('Grace Hopper')).toBeVisible()
    await expect(page.getByLabel('Password')).toBeHidden()
    await page.getByRole('button', { name: 'Log out' }).click()
    await expect(page.getByText('The password is “engine”.')).toBeVisible()
  })

  test('renews an expired token automatically', async ({ page }) => {
    const tokens = page.getByRole('listitem').filter({ hasText: 'POST /api/token → 200' })
    await enter(page, app.url)
    await expect(tokens).toHaveCount(1)
    await page.getByRole('button', { name: 'Let the token expire' }).click()
    await expect(page.getByText('The token has expired.')).toBeVisible()
    await page.getByRole('button', { name: 'Load again' }).click()
    await expect(page.getByText('3 members')).toBeVisible()
    await expect(tokens).toHaveCount(2)
  })

  test('uploads a file with progress', async ({ page }) => {
    const progress = page.getByRole('progressbar')
    const sent = (): Promise<number> => progress.evaluate((bar) => (bar as HTMLProgressElement).value)
    await enter(page, app.url)
    app.cable.hold()
    await page.getByRole('button', { name: 'Send a sample of 16 MB' }).click()
    await expect.poll(sent).toBeGreaterThan(0)
    expect(await sent()).toBeLessThan(1)
    app.cable.release()
    await expect(page.getByText('The server has all 16000000 bytes.')).toBeVisible()
    await expect(progress).toHaveJSProperty('value', 1)
  })

  test('saves a note once the network is back', async ({ page }) => {
    await enter(page, app.url)
    app.cable.cut()
    await page.getByLabel('A note').fill('written on a train')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('No network: it will be saved when you are back online.')).toBeVisible()
    app.cable.mend()
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await expect(page.getByText('Saved: 18 characters')).toBeVisible()
  })
})

async function enter(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await logIn(page, 'engine')
  await expect(page.getByText('3 members')).toBeVisible()
}

async function logIn(page: Page, password: string): Promise<void> {
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}
