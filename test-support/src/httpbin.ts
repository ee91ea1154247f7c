import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** A running httpbin. */
export interface Httpbin {
  /** Its address with a trailing slash. */
  readonly url: string
  /** Ends the process, and resolves once it has exited. */
  close(): Promise<void>
}

const python = '/usr/bin/python3'
// The last is the grace for requests at the end: a page that still sleeps does not hold up the end of the tests.
const command =
  '-m gunicorn --bind 127.0.0.1:0 --workers 1 --worker-class gthread --threads 8 --graceful-timeout 0 httpbin:app'
const listening = /Listening at: (http:\/\/127\.0\.0\.1:\d+)/

/**
 * Starts Debian's httpbin (packages `python3-httpbin` and `python3-gunicorn`) on a free loopback port.
 *
 * @throws Error with what gunicorn printed, when it ends instead of listening.
 */
export async function startHttpbin(): Promise<Httpbin> {
  const child = spawn(python, command.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] })
  const kill = (): void => void child.kill('SIGTERM')
  process.once('exit', kill)
  const url = await addressOf(child, child.stderr)
  return {
    url: `${url}/`,
    async close() {
      process.removeListener('exit', kill)
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      kill()
      await exited
    },
  }
}

/** Waits for gunicorn's own word that it listens; its log is read to the end, so that it never blocks. */
function addressOf(child: ChildProcess, log: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines: string[] = []
    child.once('error', reject)
    createInterface(log)
      .on('line', (line) => {
        const url = listening.exec(line)?.[1]
        if (url !== undefined) resolve(url)
        else lines.push(line)
      })
      .once('close', () => reject(new Error(`httpbin did not start:\n${lines.join('\n')}`)))
  })
}
