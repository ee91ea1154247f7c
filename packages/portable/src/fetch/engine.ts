import { own } from '@session-fetch/core/adapter'

/** The methods that every engine sends unchanged. */
const COMMON: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Whether this engine's fetch sends a method unchanged. Bun sends an unknown one as GET; workerd rejects it. */
export function sendsMethod(method: string): boolean {
  if (COMMON.includes(method)) return true
  try {
    return new Request('http://localhost/', own({ method })).method === method
  } catch {
    return false
  }
}

/** Whether headers are not an instance of a subclass: Bun and workerd read internal state and ignore overridden methods. */
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
