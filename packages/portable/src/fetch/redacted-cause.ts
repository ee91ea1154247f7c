import { redactUrl } from '@session-fetch/core/adapter'

/** How many causes of causes are kept. */
const DEPTH = 4
const URLS = /\b[a-z][a-z\d+.-]*:\/\/[^\s"'<>()]+/gi

/**
 * A copy of an engine's error for use as a cause. Engines quote the URL of the request with the query, in messages (Deno)
 * and in members (Bun), so only name, message and code are kept, and URLs are redacted.
 */
export function redactedCause(cause: unknown, url: string, depth: number = DEPTH): Error {
  const given: EngineError = isError(cause) ? cause : { message: String(cause) }
  const { name = 'Error', message, code, cause: inner } = given
  const text = redactText(message || code || 'The fetch failed', url)
  const nested = isError(inner) && depth > 1
  const copy = new Error(text, nested ? { cause: redactedCause(inner, url, depth - 1) } : undefined)
  Object.defineProperty(copy, 'name', { configurable: true, writable: true, value: name })
  return code === undefined ? copy : Object.assign(copy, { code })
}

/** The members of an error that are kept. */
interface EngineError {
  readonly name?: string
  readonly message: string
  readonly code?: string | undefined
  readonly cause?: unknown
}

function isError(cause: unknown): cause is EngineError {
  return cause instanceof Error
}

/** Removes the query and userinfo of URLs, and the query of this one anywhere in the text. */
function redactText(text: string, url: string): string {
  const [, query = ''] = /\?([^#]+)/.exec(url) ?? []
  const shown = text.replace(URLS, redactUrl)
  return query === '' ? shown : shown.replaceAll(query, '')
}
