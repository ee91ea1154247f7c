import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A virtual X display. */
export interface Display {
  /** As in the variable DISPLAY. */
  readonly name: string
  close(): Promise<void>
}

/** Starts Xvfb on the first number that is free, which it says itself on its descriptor 3. */
export async function startDisplay(): Promise<Display> {
  const words = ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp']
  const server = spawn('bwrap', ['--dev-bind', '/', '/', '--die-with-parent', 'Xvfb', ...words], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const said = await Promise.race([firstLine(server.stdio[3]), once(server, 'exit').then(() => undefined)])
  if (said === undefined) throw new Error('Xvfb did not start')
  return {
    name: `:${said}`,
    async close() {
      const exited = once(server, 'exit')
      server.kill()
      await exited
    },
  }
}

async function firstLine(stream: unknown): Promise<string> {
  const [line] = (await once(stream as NodeJS.ReadableStream, 'data')) as [Buffer] // a pipe, as it was asked for
  return String(line).trim()
}
