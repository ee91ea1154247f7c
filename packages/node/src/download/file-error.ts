import { type PreparedRequest, SessionError, type SessionErrorOptions } from '@session-fetch/core'

/**
 * A file could not be written; `cause` is the system error.
 *
 * @example
 * await session.download('report.pdf', 'out/report.pdf').catch((error) => {
 *   if (error instanceof FileError) console.log(error.message) // out/report.pdf cannot be written (ENOENT): GET …
 * })
 */
export class FileError extends SessionError {
  override readonly name: string = 'FileError'

  /** @param path The file, for the message. */
  constructor(path: string, options: SessionErrorOptions = {}) {
    super(`${path} cannot be written (${reasonOf(options.cause)})`, options)
  }
}

/** Converts a failure of `work` to a `FileError`. */
export async function onFile<T>(path: string, request: PreparedRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new FileError(path, { request, cause })
  }
}

function reasonOf(cause: unknown): string {
  const { code, message } = Object(cause) as Partial<NodeJS.ErrnoException>
  return code ?? message ?? 'for an unknown reason'
}
