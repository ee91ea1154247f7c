import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Call } from './call.js'
import type { Outcome } from './outcome.js'

/** Debian's `requests` (package `python3-requests`) in one process. */
export interface RequestsSide {
  readonly versions: { readonly requests: string; readonly urllib3: string }
  run(call: Call): Promise<Outcome>
  close(): Promise<void>
}

/** @throws Error with what Python printed, when it ends early */
export async function startRequestsSide(): Promise<RequestsSide> {
  const script = fileURLToPath(new URL('requests_side.py', import.meta.url))
  const python = spawn('/usr/bin/python3', [script], { stdio: ['pipe', 'pipe', 'pipe'] })
  const errors: string[] = []
  python.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
  const lines = createInterface(python.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`Python ended:\n${errors.join('')}`)
    return JSON.parse(value)
  }
  const versions = (await next()) as RequestsSide['versions']
  return {
    versions,
    async run(call) {
      python.stdin.write(`${JSON.stringify({ session: call.session ?? {}, steps: call.steps })}\n`)
      return (await next()) as Outcome
    },
    async close() {
      const exited = once(python, 'exit')
      python.stdin.end()
      await exited
    },
  }
}
