import { redactHeaders, redactParams } from '../model/redact.js'
import type { Session } from './session.js'

/** What `console.log` shows of a session: the settings that are set, without secrets, and how many cookies it has. */
export function shownSession(session: Session): Record<string, unknown> {
  const { baseUrl, origins, unsupported, ...settings } = session.toJSON()
  const hooks = Object.entries(session.hooks).filter(([, list]) => list.length > 0)
  const shown = {
    baseUrl,
    origins: Array.isArray(origins) && origins.length > 0 ? origins : undefined,
    ...settings,
    headers: redactHeaders(session.headers),
    params: session.params.size > 0 ? redactParams(session.params) : undefined,
    auth: session.auth === null ? undefined : '[redacted]',
    hooks:
      hooks.length > 0 ? Object.fromEntries(hooks.map(([name, list]) => [name, list.length])) : undefined,
    unsupported: unsupported === 'error' ? undefined : unsupported,
    cookies: 'size' in session.cookies ? session.cookies.size : undefined,
  }
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined))
}
