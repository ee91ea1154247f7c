// The content of the page, requested by the same code on the server and in the browser.
import { Session } from 'session-fetch'

/**
 * Logs in by a cookie that comes on a redirect, and reads who that makes us.
 *
 * @param {string | URL} baseUrl
 */
export async function loadPage(baseUrl) {
  const session = new Session({ baseUrl, headers: { 'X-App': 'demo' } })
  const response = await session.get('cookies/set', { params: { sid: '123' } })
  const [cookies, { headers }] = await Promise.all([response.json(), session.get('echo').json()])
  const { length: hops } = response.history
  await session.close()
  return { cookies, app: headers['x-app'], hops }
}
