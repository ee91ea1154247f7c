import { Session, bearer } from 'session-fetch'
import { xhrTransport } from 'session-fetch/xhr'
import { showCall } from './call-list.js'

/**
 * The one session of the app. Its log-in is a cookie that no script sees; for it the server gives tokens, which
 * live for a minute. Whichever call meets an expired one renews it, once for all calls that are under way.
 */
export const api: Session = new Session({
  baseUrl: '/api/',
  auth: bearer({ refresh: newToken }),
  hooks: { response: showCall },
})
/** Calls with progress use XMLHttpRequest: fetch does not report upload progress. */
api.mount(location.origin, xhrTransport())

async function newToken(): Promise<string> {
  const { token } = await api.post('token', { auth: null }).json<{ token: string }>()
  return token
}
