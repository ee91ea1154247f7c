import { own } from '@session-fetch/core/adapter'

/** The methods that every engine sends as they are. */
const COMMON: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Whether this engine's fetch sends a method as it is. Bun sends one that it does not know as GET; workerd refuses it. */
export function sendsMethod(method: string): boolean {
  if (COMMON.includes(method)) return true
  try {
    return new Request('http://localhost/', own({ method })).method === method
  } catch {
    return false
  }
}

/** Whether headers are not of a subclass, whose methods Bun and workerd pass by: they read headers from within. */
export function isPlain(headers: Headers): boolean {
  return Object.getPrototypeOf(headers) === Headers.prototype
}

const MARK = '\ufeff'

/** Text without its byte order mark; workerd kept it until its compatibility dates of 2026. */
export async function withoutMark(text: string): Promise<string> {
  if (!text.startsWith(MARK)) return text
  const isKept = (await new Response(MARK).text()) === MARK
  return isKept ? text.slice(MARK.length) : text // a second mark is text
}
