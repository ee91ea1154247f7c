import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Cable } from './cable.js'

const run = promisify(execFile)
const examples = fileURLToPath(new URL('../../examples/', import.meta.url))

/** The example app, built and served. */
export interface ExampleApp {
  readonly url: string
  /** What the browser reaches it by. */
  readonly cable: Cable
  close(): Promise<void>
}

/** Builds `examples/app` as its own command does, and starts its server on a free port. */
export async function startExampleApp(): Promise<ExampleApp> {
  const dist = await mkdtemp(join(tmpdir(), 'example-app-'))
  const vite = join(examples, 'node_modules/vite/bin/vite.js')
  await run(process.execPath, [vite, 'build', 'app', '--outDir', dist], { cwd: examples })
  const server = spawn(process.execPath, ['app/server/main.js', '--port', '0', '--dist', dist], {
    cwd: examples,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [address] = (await once(createInterface(server.stdout), 'line')) as [string] // a line is text
  const cable = await Cable.lay(Number(new URL(address).port))
  const close = async (): Promise<void> => {
    const ended = once(server, 'exit')
    server.kill()
    await Promise.all([ended, cable.close(), rm(dist, { recursive: true })])
  }
  return { url: `http://127.0.0.1:${cable.port}/`, cable, close }
}
