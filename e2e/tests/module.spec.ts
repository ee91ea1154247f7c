import { expect, test } from '../src/test.js'

test.describe('the self-contained file, by <script type="module"> and no bundler', () => {
  test('logs a person in', async ({ page, sites }) => {
    await page.goto(`${sites.home.url}log-in`)
    const output = page.getByRole('status')
    await expect(output).toHaveText("members' page: 403")
    await page.getByLabel('Name').fill('user')
    await page.getByLabel('Password').fill('wrong')
    await page.getByRole('button').click()
    await expect(output).toHaveText('no: 403')
    await page.getByLabel('Password').fill('open sesame')
    await page.getByRole('button').click()
    await expect(output).toHaveText('welcome, member')
  })

  test('loads nothing else and says nothing on the console', async ({ page, sites }) => {
    const [loaded, said]: [string[], string[]] = [[], []]
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(error.message))
    await page.goto(`${sites.home.url}library`)
    expect(loaded.filter((path) => path !== '/favicon.ico')).toEqual(['/library', '/session-fetch.js'])
    expect(said).toEqual([])
  })
})
