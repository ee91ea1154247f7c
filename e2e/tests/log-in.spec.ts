import { expect, test } from '../src/test.js'

test.use({ trace: 'retain-on-failure' })

test('a person logs in on a page that loads the self-contained file, with no bundler', async ({
  page,
  sites,
}) => {
  const output = page.getByRole('status')
  const logIn = page.getByRole('button', { name: 'Log in' })
  await page.goto(`${sites.https.home.at('app.test')}log-in`)
  await expect(output).toHaveText("members' page: 403")
  await page.getByLabel('Name').fill('user')
  await page.getByLabel('Password').fill('wrong')
  await logIn.click()
  await expect(output).toHaveText('no: 403')
  await page.getByLabel('Password').fill('open sesame')
  await logIn.click()
  await expect(output).toHaveText('welcome, member')
})
