import { Readable } from 'node:stream'

/**
 * Listens for the failure of a body that is a Node stream: of one that fails before its connection is there, the
 * process would die. Who reads it then gets the error all the same.
 */
export function heedFailure(body: unknown): void {
  if (body instanceof Readable && !body.listeners('error').includes(ignore)) body.on('error', ignore)
}

function ignore(): void {}
