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
