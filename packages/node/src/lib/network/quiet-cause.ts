/**
 * An error of the platform's without what it quotes, which may be secret: parsers keep the bytes they
 * stumbled over, and node-fetch the whole URL.
 */
export function quietCause(cause: Error): Error {
  if (cause.name === 'FetchError') return withoutUrl(cause)
  for (const quoted of ['data', 'rawPacket']) Reflect.deleteProperty(cause, quoted)
  return cause
}

/** "request to <url> failed, reason: <reason>" */
function withoutUrl({ name, message, code }: NodeJS.ErrnoException): Error {
  const reason = /reason: (.*)$/s.exec(message)?.[1] ?? 'the request failed'
  return Object.assign(new Error(reason), { name, code })
}
