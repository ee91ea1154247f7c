/** A connection that ended before its time, as Node reports one that was reset. */
export function connectionLost(message: string = 'The connection was closed'): Error {
  return Object.assign(new Error(message), { code: 'ECONNRESET' })
}
