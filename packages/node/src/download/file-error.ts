import { type PreparedRequest, SessionError, type SessionErrorOptions } from '@session-fetch/core'

/** A file could not be read or written; `cause` is what the system said. */
export class FileError extends SessionError {
  override readonly name: string = 'FileError'

  /** @param path The file; the message names it. */
  constructor(path: string, options: SessionErrorOptions = {}) {
    super(`${path} cannot be written (${reasonOf(options.cause)})`, options)
  }
}

/** Does something with a file; what fails is a `FileError` that names it. */
export async function onFile<T>(path: string, request: PreparedRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new FileError(path, { request, cause })
  }
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException
  return code ?? message
}
