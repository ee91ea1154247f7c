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
/** Calls that show their progress go by XMLHttpRequest: fetch does not tell how an upload goes. */
api.mount(location.origin, xhrTransport())

async function newToken(): Promise<string> {
  const { token } = await api.post('token', { auth: null }).json<{ token: string }>()
  return token
}
