import type { ResponseHook } from 'session-fetch'
import { element } from './element.js'

/** Shows each call of the session in a list, as a hook. */
export const showCall: ResponseHook = ({ request, response }) => {
  const item = document.createElement('li')
  item.textContent = `${request.method} ${new URL(request.url).pathname} → ${response.status}`
  element('calls', HTMLOListElement).prepend(item)
}
