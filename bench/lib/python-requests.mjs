import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The name that the tables give it. */
export const PYTHON = 'Python requests'

/**
 * Python's requests.Session in a separate process.
 *
 * @returns `undefined` where Python or requests is not installed
 */
export function pythonRequests(base, certificate) {
  if (spawnSync('python3', ['-c', 'import requests']).status !== 0) return undefined
  const program = fileURLToPath(new URL('python_requests.py', import.meta.url))
  const python = spawn('python3', [program, base, certificate], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: python.stdout })
  return {
    cannotSend: true,
    async round({ path, seconds, concurrency }) {
      python.stdin.write(`${path} ${seconds} ${concurrency}\n`)
      const [line] = await once(answers, 'line')
      return JSON.parse(line)
    },
    close: () => python.stdin.end(),
  }
}
